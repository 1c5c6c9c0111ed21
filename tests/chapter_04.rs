//! The client: `04_connect`, `04_send`, `04_recv_loop`, `04_close`.

use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use predicates::prelude::*;

use crate::bad_input;
use crate::examples::{self, played};
use crate::peer::{Peer, connection};
use stage::scenarios::Action;

#[test]
fn bad_input_is_told() {
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
    examples::command("04_connect")
        .arg(format!("localhost:{port}"))
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
    let output = examples::command("04_recv_loop")
        .arg(address)
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

/// A server that goes on asking after `exit`. Chapter 5's client says the same.
#[test]
fn being_asked_again_after_exit_is_an_error() {
    for example in ["04_close", "05_scripted_client"] {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let server = thread::spawn(move || {
            let mut server = Peer::accept(&listener);
            for answer in ["Mr Right", "exit"] {
                server.says("Server: What's your name?");
                server.hears(answer);
            }
            server.says("Server: What's your name?");
            server.hears_end();
        });
        let mut command = examples::command(example);
        command.arg(&address);
        if example == "05_scripted_client" {
            command.arg("Mr Right");
        }
        let told = format!("Error: {address} asked again after `exit`\n");
        command.assert().code(1).stderr(told);
        server.join().expect("the client did as expected");
    }
}

/// `/dev/full` is a device without room. The network is not to blame for it.
#[cfg(target_os = "linux")]
#[test]
fn a_full_screen_is_not_blamed_on_the_network() {
    for example in ["00_terminal", "04_close", "05_scripted_client"] {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let server = thread::spawn(move || {
            let mut server = Peer::accept(&listener);
            server.says("Server: Welcome!\n");
            server.drains();
        });
        let to_full = ["-c", "exec \"$0\" \"$1\" >/dev/full"];
        let told = bad_input::error("can't print", "No space left on device (os error 28)");
        examples::command_by("sh", &to_full, example)
            .arg(address)
            .assert()
            .code(1)
            .stderr(predicate::str::ends_with(told));
        server.join().expect("the server could speak");
    }
}

/// In turns nothing is glued together. But a name may still be cut: here it comes to `03_talk`
/// in two pieces, as it may on a long way.
#[test]
fn turns_do_not_keep_a_name_whole() {
    for example in ["04_recv_loop", "04_close"] {
        let stage = played(&[Action::Serve("03_talk")]);
        let server = stage.server().expect("it listens");
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let between = thread::spawn(move || {
            let mut client = Peer::accept(&listener);
            let mut server = Peer::connect(server);
            let welcome = "Server: Welcome!\nServer: What's your name?";
            server.hears(welcome);
            client.says(welcome);
            client.hears("Mr Right");
            server.says("Mr ");
            server.hears("Server: Hello Mr !\n"); // it has not waited for `Right`
            client.says("Server: Hello Mr !\n");
            server.hears_end();
            client.half_closes();
            client.hears_end(); // and no `exit` before it
        });
        examples::command(example)
            .arg(address)
            .assert()
            .success()
            .stdout(predicate::str::contains("Server: Hello Mr !\n"))
            .stdout(predicate::str::contains("Right").not());
        between.join().expect("both did as expected");
    }
}

/// A `send` that waits for room takes everything, unless something ends its wait: here a reset.
/// It has taken some of the bytes, says so, and leaves the error to the next call.
#[cfg(target_os = "linux")]
#[test]
fn a_reset_makes_a_waiting_send_short() {
    use std::io::{ErrorKind, Read, Write};

    const MANY: usize = 64 << 20; // more than the buffers hold
    let (mut sender, mut receiver) = connection();
    let sending = thread::spawn(move || {
        let taken = sender.write(&vec![b'x'; MANY]).expect("some of it is taken");
        (taken, sender.write(b"x").map_err(|error| error.kind()))
    });
    receiver.read_exact(&mut [0]).expect("something comes");
    socket2::SockRef::from(&receiver)
        .set_linger(Some(std::time::Duration::ZERO))
        .expect("TCP has this option");
    drop(receiver); // and so it resets
    let (taken, then) = sending.join().expect("it ends");
    assert!((1..MANY).contains(&taken), "{taken}");
    assert_eq!(then, Err(ErrorKind::ConnectionReset));
}

/// The buffers of both kernels hold so much and no more. With a peer that never reads, a `send`
/// that waits for room waits for as long as the peer lives.
#[test]
fn there_is_no_room_for_a_peer_that_never_reads() {
    use std::io::{ErrorKind, Write};

    let (mut sender, _never_reads) = connection();
    sender.set_nonblocking(true).expect("a socket need not wait");
    let mut taken = 0;
    let error = loop {
        match sender.write(&[b'x'; 64 << 10]) {
            Ok(more) => taken += more,
            Err(error) => break error,
        }
        assert!(taken < 1 << 30, "it takes everything");
    };
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
}

/// In a network of its own, in which nothing but `lo` exists.
#[cfg(target_os = "linux")]
#[test]
fn without_a_route_it_fails_at_once() {
    let apart = ["--net", "--user", "--map-root-user"];
    let may = std::process::Command::new("unshare").args(apart).arg("true").status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: this machine gives no network of one's own (unshare)");
        return;
    }
    examples::command_by("unshare", &apart, "04_connect")
        .arg("192.0.2.1:6000")
        .assert()
        .code(1)
        .stderr(bad_input::error(
            "can't connect to 192.0.2.1:6000",
            "Network is unreachable (os error 101)",
        ));
}

#[test]
fn an_ipv6_address_stands_in_brackets() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        eprintln!("SKIPPED: this machine has no IPv6");
        return;
    };
    let address = listener.local_addr().expect("it is bound").to_string();
    let run = |example: &str, address: &str| {
        let mut command = examples::command(example);
        command.arg(address).assert().success()
    };
    run("04_connect", &address).stdout(predicate::str::starts_with(format!(
        "Connected to {address} from [::1]:"
    )));
    for server in ["02_bind", "02_listen"] {
        run(server, "[::1]:0").stdout(predicate::str::contains("Press Enter"));
    }
}

pub mod predictions {
    use std::net::TcpStream;

    use socket2::{Domain, Socket, Type};

    use super::*;

    predictions! {
        /// The server's program has not even accepted, so the call can't tell of the program; and it returns what it took
        /// also where no other kernel has it yet: see `there_is_no_room_for_a_peer_that_never_reads`.
        sent_means => {
            let stage = played(&[
                Action::Serve("02_listen"), // and never accepts
                Action::Connect("04_send", &[]),
                Action::Await("04_send", "Press Enter"),
            ]);
            let printed =
                String::from_utf8_lossy(&stage.actor("04_send").stdout()).into_owned();
            assert!(printed.starts_with("Sent 16 of 16 bytes"), "{printed}");
            "my own kernel has the bytes"
        };
        one_read => {
            a_long_reply_comes_in_pieces();
            "no: one read may return any part of it"
        };
        client_port => {
            let stage = played(&[Action::Serve("02_listen")]);
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
            "connect"
        };
    }
}
