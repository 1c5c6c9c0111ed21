//! A stream is not messages: servers and clients that know where a message ends.

use crate::bad_input;
use crate::peer::Peer;

#[cfg(target_os = "linux")]
mod cuts;
mod limits;
mod lines;

/// The servers that take lines, each of which keeps to the same contract.
const LINE_SERVERS: [&str; 3] = ["06_line_server", "06_framed_server", "06_buffered"];
const WELCOME: &str = "Server: Welcome!\nServer: What's your name?\n";

fn hello(name: &str) -> String {
    format!("Server: Hello {name}!\nServer: What's your name?\n")
}

/// By its name the first of this chapter's tests, so it says this first.
#[test]
fn about_the_server_that_is_checked() -> grader::Outcome {
    let ours = LINE_SERVERS.join(", ");
    crate::bring_your_own::tell_whose(&[("chapter_06::lines", "WORKBOOK_SERVER", &ours)])
}

/// A message with its length before it.
fn framed(message: &str) -> Vec<u8> {
    [&(message.len() as u32).to_be_bytes(), message.as_bytes()].concat()
}

#[test]
fn bad_input_is_told() {
    for server in [
        "06_line_server",
        "06_length_server",
        "06_framed_server",
        "06_reads_late",
        "06_two_writes",
        "06_buffered",
    ] {
        bad_input::is_told_by_a_server(server, "listen on");
    }
    for client in ["06_cutter", "06_line_client", "06_length_client", "06_full_buffers"] {
        bad_input::is_told_by_a_client(client);
    }
}

/// A client whose server keeps to no rule says so, and ends.
#[test]
fn a_client_meets_a_server_without_an_end() {
    for (client, said, complaint) in [
        ("06_line_client", vec![b'x'; 5000], "sends a line of more than 2048 bytes"),
        ("06_line_client", b"Server: Wel".to_vec(), "closed in the middle of a line"),
        ("06_line_client", WELCOME.into(), "closed the connection before we said \"Tracy\""),
        ("06_length_client", vec![0xff; 4], "a message of 4294967295 bytes"),
        ("06_length_client", vec![0, 0], "failed to fill whole buffer"),
        (
            "06_length_client",
            framed("Server: What's your name?"),
            "closed the connection before we said \"Tracy\"",
        ),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("some port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let server = std::thread::spawn(move || {
            let mut peer = Peer::accept(&listener);
            peer.tries_to_say(&said);
            peer.half_closes();
            peer.drains();
        });
        crate::examples::command(client)
            .arg(address)
            .assert()
            .code(1)
            .stderr(predicates::str::contains(complaint));
        server.join().expect("the server could speak");
    }
}

pub mod predictions {
    use std::io::{BufRead, BufReader, ErrorKind, Write};

    use framing::{Lines, MessageReader};

    use super::{WELCOME, framed, hello};
    use crate::examples::{played, root};
    use crate::peer::{Peer, connection};
    use stage::scenarios::Action::Serve;

    predictions! {
        /// The file is itself compared with real runs: see `cuts`.
        right_cuts => {
            let cuts = std::fs::read_to_string(root().join(super::cuts_file())).expect("it is there");
            let is_right = |line: &&str| {
                let answer = line.split('\t').nth(2).unwrap_or_default();
                let told: Vec<&str> = answer.split("Server: ").map(|it| it.trim_end_matches("\\n")).collect();
                let told = told.into_iter().filter(|it| !["", "What's your name?"].contains(it));
                told.eq(["Hello Michael!", "Hello Tracy!", "Good bye!"])
            };
            cuts.lines().filter(is_right).count()
        };
        kept_bytes => {
            let stage = played(&[Serve("06_line_server")]);
            let mut client = Peer::connect(stage.server().expect("it listens"));
            client.hears(WELCOME);
            client.says("Michael\nTracy\nex");
            client.hears(hello("Michael") + &hello("Tracy"));
            client.says("\n");
            client.hears(hello("ex"));
            "ex"
        };
        swapped_length => {
            let stage = played(&[Serve("06_length_server")]);
            let mut client = Peer::connect(stage.server().expect("it listens"));
            client.hears([framed("Server: Welcome!"), framed("Server: What's your name?")].concat());
            client.says(7_u32.to_le_bytes());
            client.hears_end();
            assert_eq!(u32::from_be_bytes(7_u32.to_le_bytes()), 117_440_512);
            "it closes the connection"
        };
        two_readers => {
            let (mut client, server) = connection();
            client.write_all(b"Michael\nTracy\n").expect("it is connected");
            let first = MessageReader::new(&server, Lines, 1024).next_message().expect("a line");
            assert_eq!(first, Some(b"Michael".to_vec()));
            server.set_nonblocking(true).expect("a stream need not block");
            let second = MessageReader::new(&server, Lines, 1024).next_message().expect_err("no line");
            assert!(matches!(second, framing::Error::Stream(it) if it.kind() == ErrorKind::WouldBlock));
            "it waits for more"
        };
        /// Other systems buffer in other ways: Windows takes all at once.
        #[cfg(target_os = "linux")]
        short_write => {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("some port is free");
            socket2::SockRef::from(&listener).set_recv_buffer_size(16 * 1024).expect("any size will do");
            let mut client = std::net::TcpStream::connect(listener.local_addr().expect("it is bound")).expect("it listens");
            socket2::SockRef::from(&client).set_send_buffer_size(16 * 1024).expect("any size will do");
            client.set_nonblocking(true).expect("a stream need not block");
            let n = client.write(&[b'x'; 64 * 1024]).expect("there is room for some");
            assert!((1..64 * 1024).contains(&n), "{n}");
            "fewer"
        };
        /// Not by the clock: the recording is what counts, and is itself compared with a run (`cargo book record --check`).
        stall => {
            let recording = root().join("chapters/06_a_stream_is_not_messages/06_two_writes.json");
            let recording = std::fs::read_to_string(recording).expect("it is there");
            let segments = recording.lines().filter(|line| line.contains("\"kind\":\"segment\""));
            let mut from_greeting = segments.skip_while(|line| !line.contains("Hello Michael"));
            let mut time = || {
                let line = from_greeting.next().expect("a segment");
                let digits = line.trim_start_matches("{\"t\":").split(',').next();
                digits.and_then(|digits| digits.parse::<u32>().ok()).expect("a time")
            };
            let (greeting, next) = (time(), time());
            assert!(next - greeting > 30_000, "{greeting} {next}");
            "nothing"
        };
        traps_lost => {
            let (mut one, other) = connection();
            one.write_all(b"Michael\nTracy\n").expect("it is connected");
            drop(one);
            BufReader::new(&other).read_line(&mut String::new()).expect("a line");
            let mut second = String::new();
            BufReader::new(&other).read_line(&mut second).expect("the end of the stream");
            if second.is_empty() { "empty" } else { "Tracy" }
        };
    }
}

/// The numbers that the page on full buffers takes from its run.
#[test]
fn full_buffers_are_as_the_page_says() {
    let file = |name: &str| {
        let path = crate::examples::root().join(name);
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let transcripts = "tests/transcripts/06_full_buffers";
    let taken = file(&format!("{transcripts}/06_full_buffers.out.txt"));
    assert!(taken.contains("at once: 40960 bytes"), "{taken}");
    // Before the time was up, a part of the next block was sent; in the end, `the end` and a newline.
    let read = file(&format!("{transcripts}/06_reads_late.out.txt"));
    assert!(read.contains(&format!("everything: {} bytes", 40960 + 16384 + 8)), "{read}");
    let page = "chapters/06_a_stream_is_not_messages/06_full_buffers";
    let page_says = file(&format!("{page}.md"));
    assert!(page_says.contains("it was 16,384 of 65,536"), "the page names that part");
    assert!(page_says.contains("took 8,192 bytes more"), "the page names the second write");
    let recording = file(&format!("{page}.json"));
    let writes = recording.lines().filter(|line| line.contains("\"call\":\"sendto\""));
    let second = writes.clone().nth(1).expect("it writes twice");
    assert!(second.contains("\"result\":\"8192\""), "{second}");
}

/// Where the answers to every cut are.
fn cuts_file() -> &'static str {
    "tests/transcripts/06_cutter/cuts.txt"
}
