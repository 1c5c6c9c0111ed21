//! A server for one: `03_accept`, `03_talk`, `03_close`.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::bad_input;
use crate::examples::played;
#[cfg(target_os = "linux")]
use crate::examples::{Examples, perform};
use crate::peer::{Peer, connection};
use stage::Stage;
use stage::scenarios::Action;

/// The server closes first, so its port is in TIME-WAIT when it is started again.
#[cfg(target_os = "linux")]
#[test]
fn a_restarted_server_gets_its_port_back_at_once() {
    for example in ["03_accept", "03_talk", "03_close"] {
        let mut stage = played(&[Action::Serve(example)]);
        let address = stage.server().expect("it listens");
        let mut client = Peer::connect(address);
        // `03_accept` does not read, and with a byte unread it would close with a reset.
        if example != "03_accept" {
            client.says("exit\n"); // for `03_talk` a name like any other
        }
        client.drains();
        perform(&mut stage, &[Action::Kill(example)]);
        drop(client);

        let mut again = Stage::new(Box::new(Examples));
        let started = again.start(example, vec![address.to_string()]);
        started.unwrap_or_else(|story| panic!("{story}"));
        perform(&mut again, &[Action::Await(example, "listening on")]);
    }
}

#[test]
fn bad_input_is_told() {
    for server in ["03_accept", "03_talk"] {
        bad_input::is_told_by_a_server(server, "listen on");
    }
    bad_input::is_told_by_a_server("03_close", "bind to");
}

/// One client after another does its worst, and the next is served all the same.
#[test]
fn no_client_ends_the_server() {
    let stage = played(&[Action::Serve("03_close")]);
    let server = stage.server().expect("it listens");

    drop(Peer::connect(server));
    Peer::connect(server).resets();
    let mut client = Peer::connect(server);
    client.says(b"\xff\xfe");
    client.resets();
    let mut client = Peer::connect(server);
    client.hears("Server: Welcome!\nServer: What's your name?");
    client.half_closes();
    client.hears_end();

    let mut client = Peer::connect(server);
    client.hears("Server: Welcome!\nServer: What's your name?");
    client.says("Michael\r\nTracy\n\nexit\n");
    client.hears("Server: Hello Michael!\nServer: What's your name?");
    client.hears(
        "Server: Hello Tracy!\nServer: What's your name?Server: What's your name?",
    );
    client.hears("Server: Good bye!\n");
    client.hears_end();
}

/// How much comes in one `read` decides what counts as a name.
#[test]
fn a_piece_counts_as_a_name() {
    let stage = played(&[Action::Serve("03_close")]);
    let server = stage.server().expect("it listens");
    let asks = "Server: What's your name?";

    let mut client = Peer::connect(server);
    client.hears(format!("Server: Welcome!\n{asks}"));
    client.says("Mich");
    client.hears(format!("Server: Hello Mich!\n{asks}"));
    client.says("ael\n");
    client.hears(format!("Server: Hello ael!\n{asks}"));

    // One line, longer than the server's buffer.
    let x = |times: usize| "x".repeat(times);
    client.says(format!("{}\n", x(1500)));
    client.hears(format!("Server: Hello {}!\n{asks}", x(1024)));
    client.hears(format!("Server: Hello {}!\n{asks}", x(476)));
    client.says(format!("{}exit\n", x(1024)));
    client.hears(format!("Server: Hello {}!\n{asks}Server: Good bye!\n", x(1024)));
    client.hears_end();
}

/// `read` asks for at most as many bytes as the slice is long. A vector's capacity is not its
/// length.
#[test]
fn a_read_into_nothing_returns_0_although_bytes_are_there() {
    let (mut one, mut other) = connection();
    one.write_all(b"Michael").expect("there is room");
    let mut empty = Vec::with_capacity(1024);
    assert_eq!(other.read(&mut empty).expect("no error"), 0);
    let mut buffer = vec![0; 1024];
    assert!(other.read(&mut buffer).expect("the bytes are still there") > 0);
}

/// After `shutdown` the other side may go on talking; after `close` its bytes are answered by
/// a reset.
#[test]
fn a_closed_socket_answers_with_a_reset() {
    let (mut one, mut other) = connection();
    one.shutdown(Shutdown::Write).expect("it is connected");
    assert_eq!(other.read(&mut [0]).expect("an orderly end"), 0);
    other.write_all(b"still here").expect("the other direction is open");
    let mut heard = [0; 10];
    one.read_exact(&mut heard).expect("it still reads");
    assert_eq!(&heard, b"still here");

    let (one, mut other) = connection();
    drop(one);
    assert_eq!(other.read(&mut [0]).expect("it looks the same"), 0);
    let error =
        std::iter::repeat_with(|| other.write(b"still here")).find_map(Result::err);
    let kind = error.map(|error| error.kind());
    // The first `write` succeeds, and brings the reset about.
    #[cfg(target_os = "linux")]
    assert_eq!(kind, Some(std::io::ErrorKind::BrokenPipe));
    assert!(kind.is_some());
}

/// `try_clone` is a second descriptor for one socket: only the last to be closed closes it.
#[test]
fn the_end_of_the_stream_leaves_with_the_last_descriptor() {
    let (first, mut other) = connection();
    let mut second = first.try_clone().expect("a descriptor is free");
    drop(first);
    second.write_all(b"x").expect("the connection is open");
    assert_eq!(other.read(&mut [0; 10]).expect("no error"), 1);
    drop(second);
    assert_eq!(other.read(&mut [0; 10]).expect("an orderly end"), 0);
}

pub mod predictions {
    use super::*;

    /// How many segments this machine has sent again: `RetransSegs` in `/proc/net/snmp`.
    #[cfg(target_os = "linux")]
    fn sent_again() -> u64 {
        let counters = std::fs::read_to_string("/proc/net/snmp").expect("Linux counts");
        let mut tcp = counters.lines().filter(|line| line.starts_with("Tcp:"));
        let (names, values) = (tcp.next().expect("names"), tcp.next().expect("values"));
        let mut columns = names.split(' ').zip(values.split(' '));
        let (_, value) = columns.find(|(name, _)| *name == "RetransSegs").expect("it is counted");
        value.parse().expect("a number")
    }

    const WELCOME: &str = "Server: Welcome!\nServer: What's your name?";

    fn serve() -> (Stage, std::net::SocketAddr) {
        let stage = played(&[Action::Serve("03_close")]);
        let server = stage.server().expect("it listens");
        (stage, server)
    }

    predictions! {
        /// A socket may have several descriptors, as the client's has: each socket counts once.
        #[cfg(target_os = "linux")]
        three_sockets => {
            let stage = played(&[
                Action::Serve("03_talk"),
                Action::Connect("00_terminal", &[]),
                Action::Await("00_terminal", "What's your name?"),
            ]);
            let mut sockets = std::collections::BTreeSet::new();
            for program in ["03_talk", "00_terminal"] {
                let descriptors = format!("/proc/{}/fd", stage.actor(program).id());
                let descriptors = std::fs::read_dir(descriptors).expect("it runs");
                let links = descriptors.flatten().filter_map(|it| std::fs::read_link(it.path()).ok());
                sockets.extend(links.filter(|link| link.to_string_lossy().starts_with("socket:")));
            }
            sockets.len()
        };
        /// With room in the queue, a client connects only when its `SYN` is sent again.
        #[cfg(target_os = "linux")]
        seventh_client => {
            let late = stage::scenarios::SCENARIOS.iter().find(|it| it.name == "03_accept_late");
            let accepted = |action: &Action| matches!(action, Action::Type("03_accept_late", _));
            let play = late.expect("it is played").play;
            let room = play.iter().position(accepted).expect("it accepts");
            let mut stage = played(&play[..=room]);
            let before = sent_again();
            perform(&mut stage, &play[room + 1..]);
            assert!(sent_again() > before, "no segment was sent again");
            "when its kernel sends the SYN again"
        };
        request_in_two => {
            let mut stage = played(&[Action::Serve("03_browser")]);
            let mut browser = Peer::connect(stage.server().expect("it listens"));
            browser.hears_nothing_yet();
            browser.says("GET / HTTP/1.1\r\nHost: ");
            browser.hears("HTTP/1.0 200 OK\r\n"); // so it has read
            stage.wait_for_exit("03_browser").unwrap_or_else(|story| panic!("{story}"));
            assert_eq!(stage.actor("03_browser").stdout(), b"GET / HTTP/1.1\r\nHost: ");
            "the first piece"
        };
        /// Had `read` returned 0, the server would have closed without a word.
        just_enter => {
            let stage = played(&[Action::Serve("03_talk")]);
            let mut client = Peer::connect(stage.server().expect("it listens"));
            client.hears("Server: Welcome!\nServer: What's your name?");
            let typed = "\n";
            client.says(typed);
            client.hears("Server: Hello !\n");
            typed.len()
        };
        queue_second_name => {
            let (_stage, server) = serve();
            let mut first = Peer::connect(server);
            first.hears(WELCOME);
            let mut second = Peer::connect(server);
            second.says("Tracy\n");
            drop(first);
            second.hears(WELCOME);
            let answer = "Server: Hello Tracy!";
            second.hears(answer);
            answer
        };
        #[cfg(target_os = "linux")]
        time_wait_server => {
            let (mut stage, server) = serve();
            let mut client = Peer::connect(server);
            client.hears(WELCOME);
            client.says("exit");
            client.hears("Server: Good bye!\n");
            client.hears_end();
            let address = client.address();
            drop(client);
            format!("the {}'s", stage.who_waits("03_close", server, address))
        };
    }
}
