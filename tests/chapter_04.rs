//! The client: `04_connect`, `04_send`, `04_recv_loop`, `04_close`.

use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use assert_cmd::Command;
use predicates::prelude::*;

use crate::bad_input;
use crate::examples;
use crate::peer::Peer;
use crate::transcripts::check;

#[test]
fn it_connects() {
    check("04_connect");
}

#[test]
fn it_is_refused() {
    check("04_refused");
}

#[test]
fn its_bytes_are_taken() {
    check("04_send");
}

#[test]
fn it_receives_until_the_server_has_closed() {
    check("04_recv_loop");
}

#[test]
fn it_talks_and_closes() {
    check("04_close");
}

#[test]
fn bad_input_gets_one_clear_line() {
    for client in ["04_connect", "04_send", "04_recv_loop", "04_close"] {
        bad_input::is_told_by_a_client(client);
    }
}

/// `localhost` may be an IPv6 address first, at which nobody listens.
#[test]
fn it_connects_to_a_name() {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let port = listener.local_addr().expect("it is bound").port();
    Command::new(examples::path("04_connect"))
        .arg(format!("localhost:{port}"))
        .timeout(examples::limit())
        .assert()
        .success()
        .stdout(predicate::str::starts_with(format!(
            "Connected to 127.0.0.1:{port} from "
        )));
}

/// A reply larger than the buffer comes in pieces of at most 1024 bytes, and all of it.
#[test]
fn a_long_reply_comes_in_pieces() {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    let long = "x".repeat(5000);
    let said = long.clone();
    let server = thread::spawn(move || Peer::accept(&listener).says(said));
    let output = Command::new(examples::path("04_recv_loop"))
        .arg(address)
        .timeout(examples::limit())
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    server.join().expect("the server could speak");

    let printed = String::from_utf8(output).expect("text");
    let sizes: Vec<usize> = printed
        .lines()
        .filter_map(|line| {
            line.strip_prefix("Received ")?.split(' ').next()?.parse().ok()
        })
        .collect();
    assert!(sizes.iter().all(|size| *size <= 1024), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 5000, "{sizes:?}");
    assert!(printed.ends_with(&long), "the pieces are joined at the end");
}

mod predictions {
    use std::net::TcpStream;

    use socket2::{Domain, Socket, Type};

    use super::*;
    use crate::examples::Examples;
    use crate::predictions::right;
    use crate::scenarios::Action;
    use crate::stage::Stage;

    fn server_that_never_accepts() -> Stage {
        let mut stage = Stage::new(Box::new(Examples));
        let served = stage.perform(&Action::Serve("02_listen"));
        served.unwrap_or_else(|story| panic!("{story}"));
        stage
    }

    #[test]
    fn the_kernel_takes_the_bytes() {
        let mut stage = server_that_never_accepts();
        for action in
            [Action::Connect("04_send", &[]), Action::Await("04_send", "Press Enter")]
        {
            stage.perform(&action).unwrap_or_else(|story| panic!("{story}"));
        }
        let printed =
            String::from_utf8_lossy(&stage.actor("04_send").stdout()).into_owned();
        let taken = printed.split(' ').nth(1);
        assert_eq!(taken, Some(right("bytes_taken").as_str()), "{printed}");
    }

    #[test]
    fn pieces_are_bounded_and_complete() {
        a_long_reply_comes_in_pieces();
        let certain = "no piece has more than 1024 bytes, and together they have 5000";
        assert_eq!(right("pieces"), certain);
    }

    #[test]
    fn connect_gives_the_client_its_port() {
        let stage = server_that_never_accepts();
        let server = stage.server().expect("it listens");
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let port = |socket: &Socket| {
            let address =
                socket.local_addr().ok().and_then(|address| address.as_socket());
            address.map_or(0, |address| address.port()) // Windows gives none before `connect`
        };
        assert_eq!(port(&socket), 0);
        socket.connect(&server.into()).expect("it listens");
        assert_ne!(port(&socket), 0);
        drop(TcpStream::from(socket));
        assert_eq!(right("client_port"), "connect");
    }
}
