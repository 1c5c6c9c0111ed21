//! Checks for our server alone.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use crate::bad_input;
use crate::examples::{Examples, limit, perform, played};
use crate::peer::Peer;
use stage::scenarios::Action;
use stage::{Launcher, Stage};

const SERVER: &str = "05_threaded_server";
pub const WELCOME: &str = "Server: Welcome!\nServer: What's your name?";

/// The example, running. Dropping it ends the program; if the test has failed, what the
/// server printed is told first.
pub struct OurServer {
    stage: Stage,
    pub address: SocketAddr,
}

impl OurServer {
    pub fn start() -> Self {
        OurServer::start_by(Box::new(Examples))
    }

    /// Starts it as this launcher does.
    fn start_by(launcher: Box<dyn Launcher>) -> Self {
        let mut stage = Stage::new(launcher);
        perform(&mut stage, &[Action::Serve(SERVER)]);
        let address = stage.server().expect("it said where it listens");
        OurServer { stage, address }
    }

    /// Waits until it has printed this.
    pub fn prints(&mut self, text: &'static str) {
        perform(&mut self.stage, &[Action::Await(SERVER, text)]);
    }

    /// What it has printed on standard error.
    pub fn errors(&self) -> String {
        String::from_utf8_lossy(&self.stage.actor(SERVER).stderr()).into_owned()
    }

    /// Waits until this is so of the process with this id.
    #[cfg(target_os = "linux")]
    fn comes_to(&mut self, expected: &str, mut is_so: impl FnMut(u32) -> bool) {
        let id = self.stage.actor(SERVER).id();
        let came = self.stage.wait_until(SERVER, |_| is_so(id).then_some(()));
        assert!(came.is_some(), "{}", self.stage.story(expected));
    }

    /// How many threads it has.
    #[cfg(target_os = "linux")]
    pub fn threads(&self) -> usize {
        let threads = format!("/proc/{}/task", self.stage.actor(SERVER).id());
        std::fs::read_dir(threads).expect("it runs").count()
    }
}

impl Drop for OurServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.stage.so_far());
        }
    }
}

/// Says a name and hears its greeting.
fn greet(client: &mut Peer, name: &str) {
    client.says(name);
    client.hears(format!("Server: Hello {name}!\nServer: What's your name?"));
}

#[test]
fn the_end_of_the_stream_ends_the_talk_quietly() {
    let mut server = OurServer::start();
    let mut client = Peer::connect(server.address);
    client.hears(WELCOME);
    client.half_closes();
    client.hears_end();
    server.prints("is closed\n");
    assert_eq!(server.errors().lines().count(), 1, "{}", server.errors());
}

/// A hundred clients, each of which misbehaves in its own way.
#[test]
#[cfg_attr(
    not(target_os = "linux"),
    expect(unused_mut, reason = "threads are counted on Linux")
)]
fn a_hundred_rude_clients_later_it_still_serves() {
    let mut server = OurServer::start();
    let mut patient = Peer::connect(server.address);
    patient.hears(WELCOME);
    for number in 0..100 {
        let mut client = Peer::connect(server.address);
        match number % 10 {
            0 => drop(client), // vanishes at once
            1 => client.resets(),
            2 => {
                client.hears(WELCOME);
                drop(client); // vanishes when it is asked
            }
            3 => {
                client.hears(WELCOME);
                client.says("Michael");
                client.resets(); // while it is being greeted
            }
            4 => {
                client.says("Michael"); // before it is asked
                drop(client); // with the welcome unread: its kernel sends a reset
            }
            5 => {
                client.half_closes();
                client.hears(WELCOME);
                client.hears_end();
            }
            6 => {
                client.hears(WELCOME);
                client.tries_to_say(&[0xff; 3000]); // no text, no newline
                client.half_closes();
                client.drains();
            }
            7 => {
                client.hears(WELCOME);
                for byte in "Michael\nexit\n".bytes() {
                    client.tries_to_say(&[byte]);
                }
                client.half_closes();
                client.drains();
            }
            8 => {
                client.hears(WELCOME);
                client.says("exit");
                drop(client); // does not wait for the good bye
            }
            _ => {
                client.tries_to_say(&b"Michael\n".repeat(2000)); // and reads nothing
                client.resets();
            }
        }
    }
    greet(&mut patient, "Tracy"); // the others' errors were not this client's
    let mut last = Peer::connect(server.address);
    last.hears(WELCOME);
    greet(&mut last, "Sarah");
    drop(last);
    drop(patient);
    #[cfg(target_os = "linux")]
    server.comes_to("no thread to stay behind", |id| {
        let threads = std::fs::read_dir(format!("/proc/{id}/task"));
        threads.is_ok_and(|threads| threads.count() == 1)
    });
}

#[test]
fn bad_input_is_told() {
    bad_input::is_told_by_a_server("05_threaded_server", "listen on");
}

/// The side that closes first, the server here, keeps the port in TIME-WAIT. On Windows
/// a port in TIME-WAIT can be listened on as it is.
#[test]
fn a_restarted_server_gets_its_port_back_at_once() {
    let server = OurServer::start();
    let address = server.address;
    let mut client = Peer::connect(address);
    client.hears(WELCOME);
    client.says("exit");
    client.hears("Server: Good bye!\n");
    client.hears_end();
    drop(client);
    drop(server);

    struct On(String);
    impl Launcher for On {
        fn command(&self, name: &str, example: &str, arguments: &[String]) -> Command {
            Examples.command(name, example, arguments)
        }
        fn server_address(&self) -> &str {
            &self.0
        }
        fn limit(&self) -> Duration {
            limit()
        }
    }
    let again = OurServer::start_by(Box::new(On(address.to_string())));
    assert_eq!(again.address, address);
    Peer::connect(address).hears("Server: Welcome!\n");
}

/// A reader of its log that leaves. It serves all the same.
#[cfg(unix)]
#[test]
fn it_serves_when_nobody_reads_its_log() {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Stdio};

    /// Ends the server also where the test fails.
    struct Ends(Child);
    impl Drop for Ends {
        fn drop(&mut self) {
            let _ = self.0.kill().and_then(|()| self.0.wait());
        }
    }

    for example in ["03_close", SERVER] {
        let server = Command::new(crate::examples::path(example))
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut server = Ends(server.expect("it starts"));
        let mut line = String::new();
        let mut stderr = BufReader::new(server.0.stderr.take().expect("it is piped"));
        stderr.read_line(&mut line).expect("it says where it listens");
        let address = line.trim().rsplit(' ').next().and_then(|word| word.parse().ok());
        let address = address.expect("it says where it listens");
        let mut stdout = server.0.stdout.take().expect("it is piped");
        stdout.read_exact(&mut [0]).expect("a log");
        drop((stdout, stderr)); // both pipes are broken now

        Peer::connect(address).resets();
        let mut client = Peer::connect(address);
        client.hears(WELCOME);
        greet(&mut client, "Michael");
        let ended = server.0.try_wait().expect("it can be asked");
        assert_eq!(ended, None, "it was still running");
    }
}

/// What came after `exit` in the same buffer is dropped without harm. What lies in the kernel,
/// unread, makes a reset of the close.
#[test]
fn bytes_after_exit_make_a_reset_of_the_goodbye() {
    for example in ["03_close", SERVER] {
        let stage = played(&[Action::Serve(example)]);
        let address = stage.server().expect("it listens");
        for (more, ends_in_order) in [(100, true), (3000, false)] {
            let mut client = TcpStream::connect(address).expect("it listens");
            client.set_read_timeout(Some(limit())).expect("not zero");
            let sent = format!("exit\n{}", "x".repeat(more));
            let end = client
                .write_all(sent.as_bytes())
                .and_then(|()| client.read_to_end(&mut Vec::new()))
                .map_err(|error| error.kind());
            match end {
                Ok(_) => assert!(ends_in_order, "{example}: it ended without a reset"),
                Err(kind) => {
                    assert!(!ends_in_order, "{example}: {kind}");
                    assert_eq!(kind, ErrorKind::ConnectionReset, "{example}");
                }
            }
        }
    }
}

/// With as many files open as it may have, `accept` fails, and the next client hears nothing. It
/// must go on nevertheless. On Linux the next is served once others have left.
#[cfg(target_os = "linux")]
#[test]
fn it_survives_running_out_of_descriptors() {
    struct Few;
    impl Launcher for Few {
        fn command(&self, name: &str, example: &str, arguments: &[String]) -> Command {
            let server = Examples.command(name, example, arguments);
            let mut command = Command::new("sh");
            command.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""]);
            command.arg(server.get_program()).args(server.get_args());
            command
        }
        fn limit(&self) -> Duration {
            limit()
        }
    }

    let mut server = OurServer::start_by(Box::new(Few));
    // One each, and some of the 64 are taken.
    let mut clients: Vec<Peer> = (0..64).map(|_| Peer::connect(server.address)).collect();
    server.prints("error: can't accept: ");
    let mut last = clients.pop().expect("there are 64");
    last.hears_nothing_yet();
    drop(clients);
    last.hears(WELCOME);
    Peer::connect(server.address).hears(WELCOME);
}
