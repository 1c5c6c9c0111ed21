//! How a connection ends, and what each call says of it: two sockets, and no program.

use std::io::{ErrorKind, Read, Write};

use crate::peer::connection;

/// A server that does not look at the 0 asks a client that has only finished sending, and
/// still reads, as often as it likes.
#[test]
fn after_a_half_close_0_comes_again_and_again_and_no_write_fails() {
    let (mut server, mut client) = connection();
    client.shutdown(std::net::Shutdown::Write).expect("it is connected");
    let hears = std::thread::spawn(move || client.read_to_end(&mut Vec::new()));
    for _ in 0..100_000 {
        assert_eq!(server.read(&mut [0]).expect("no error"), 0);
        server.write_all(b"Server: What's your name?").expect("the client reads");
    }
    drop(server);
    let heard = hears.join().expect("it ends").expect("an orderly end");
    assert_eq!(heard, 100_000 * 25);
}

/// Closed with bytes unread, a socket sends a reset, whichever side it is on. If they are read
/// first, the end is an orderly one, and nothing of the answer is lost.
#[test]
fn unread_bytes_make_a_reset_of_a_close() {
    for reads_first in [false, true] {
        let (mut server, mut client) = connection();
        client.write_all(b"a question").expect("there is room");
        server.read_exact(&mut [0]).expect("it comes, and with it the rest");
        if reads_first {
            client.shutdown(std::net::Shutdown::Write).expect("it is connected");
            server.read_to_end(&mut Vec::new()).expect("an orderly end");
        }
        drop(server);
        let end = client.read(&mut [0]).map_err(|error| error.kind());
        let expected = if reads_first { Ok(0) } else { Err(ErrorKind::ConnectionReset) };
        assert_eq!(end, expected);
    }
}

/// The reset also throws away what the closed side had sent and the other kernel had not yet
/// taken in.
#[test]
fn the_reset_throws_the_answer_away() {
    let (mut server, mut client) = connection();
    client.write_all(b"a question").expect("there is room");
    server.read_exact(&mut [0]).expect("it comes, and with it the rest");
    server.set_nonblocking(true).expect("a socket need not wait");
    let mut sent = 0;
    while let Ok(taken) = server.write(&[b'x'; 64 << 10]) {
        sent += taken; // until no more fits: nobody reads
    }
    drop(server);
    let mut heard = Vec::new();
    let error = client.read_to_end(&mut heard).expect_err("it is reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(heard.len() < sent, "all {sent} bytes came");
}

/// The kernel tells a reset once, to whichever call comes first.
#[cfg(target_os = "linux")]
#[test]
fn a_reset_is_told_once() {
    for write_first in [false, true] {
        let (mut server, client) = connection();
        socket2::SockRef::from(&client)
            .set_linger(Some(std::time::Duration::ZERO))
            .expect("TCP has this option");
        drop(client); // and so it resets
        let error = if write_first {
            // The first may still be taken, before the reset is there.
            std::iter::repeat_with(|| server.write(b"x")).find_map(Result::err)
        } else {
            server.read(&mut [0]).err()
        };
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::ConnectionReset));
        assert_eq!(server.read(&mut [0]).expect("it has been told"), 0);
        let error = server.write(b"x").expect_err("there is no connection");
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }
}
