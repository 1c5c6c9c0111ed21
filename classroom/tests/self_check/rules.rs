//! The book's rules for servers, on every solution as it is run by hand:
//!
//! - a server that serves without end goes on when `accept` fails;
//! - a turn is one write;
//! - what is kept of a client that never sends a newline has a bound;
//! - no number from outside makes the program panic. This one is for clients too.
//!
//! What kind of program a solution is, its `main` says.

use crate::exercises::{Exercise, exercises, in_parallel, without_tests};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(20);
/// Longer than an acknowledgement is delayed. A right solution passes whatever the clock does.
const SILENCE: Duration = Duration::from_millis(60);

/// The names of the programs, of solutions and of starting files too if `also_starts`, that run as this.
fn programs(kind: &str, also_starts: bool) -> Vec<String> {
    let is_one = |text: String| without_tests(&text).contains(kind);
    let mut names = Vec::new();
    for exercise in exercises() {
        let Exercise { name, .. } = &exercise;
        if is_one(exercise.solution()) {
            names.push(format!("{name}_sol"));
        }
        if also_starts && is_one(exercise.start()) {
            names.push(name.clone());
        }
    }
    assert!(names.len() >= 3, "{kind}: {names:?}");
    names
}

const SERVERS: &str = "grader::by_hand::server(";
const CLIENTS: &str = "grader::by_hand::client(";

fn path(name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    PathBuf::from(env!("CARGO_BIN_EXE_grade")).with_file_name(name)
}

/// A program that runs. It is ended when this is dropped.
struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .env_remove("RUST_BACKTRACE")
            .spawn();
        let mut child = child.expect("it starts");
        let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        Self { child, stderr }
    }

    /// A server, and where it listens.
    fn server(command: Command) -> (Self, SocketAddr) {
        let mut server = Self::start(command);
        let line = server.line();
        let address = line.strip_prefix("listening on ");
        let address = address.and_then(|address| address.trim().parse().ok());
        (server, address.unwrap_or_else(|| panic!("it does not listen: {line}")))
    }

    /// The next line on standard error; empty at the end.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).expect("text");
        line
    }

    fn ends(&mut self) -> bool {
        let until = Instant::now() + LIMIT;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > until {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// What is left on standard error once the program has been ended.
    fn errors(mut self) -> String {
        _ = self.child.kill();
        let mut errors = String::new();
        self.stderr.read_to_string(&mut errors).expect("text");
        errors
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn server(name: &str) -> (Running, SocketAddr) {
    let mut command = Command::new(path(name));
    command.arg("127.0.0.1:0");
    Running::server(command)
}

fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).expect("it listens");
    client.set_read_timeout(Some(LIMIT)).expect("a limit");
    client.set_write_timeout(Some(LIMIT)).expect("a limit");
    client
}

/// With as many files open as it may have, `accept` fails again and again.
#[test]
#[cfg(unix)]
fn a_server_goes_on_when_accept_fails() {
    in_parallel(&programs(SERVERS, true), |name| {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n 4; exec \"$0\" 127.0.0.1:0"]).arg(path(name));
        let (mut limited, address) = Running::server(command);
        // Where it fails at once, there is nobody to connect to.
        let _client = TcpStream::connect(address);
        let start = Instant::now();
        let goes_on = (0..3).all(|_| limited.line().starts_with("error: "));
        if goes_on {
            let pauses = start.elapsed() > Duration::from_millis(20);
            assert!(pauses, "{name} is busy failing");
            return;
        }
        // It has ended. That is right for a server that takes one client and no more.
        let (mut server, address) = server(name);
        // Nor with a starting file that ends at its todo!().
        drop(TcpStream::connect(address));
        assert!(server.ends(), "{name} serves without end, but not if `accept` fails");
    });
}

#[test]
fn a_turn_is_one_write() {
    in_parallel(&programs(SERVERS, false), |name| {
        for message in ["7\n", "7\n8\n"] {
            let (_server, address) = server(name);
            let mut client = connect(address);
            client.set_read_timeout(Some(SILENCE)).expect("a limit");
            // The welcome, if there is one.
            _ = pieces(&mut client);
            for _ in 0..20 {
                if client.write_all(message.as_bytes()).is_err() {
                    break;
                }
                let pieces = pieces(&mut client);
                assert!(pieces.len() < 2, "{name} answers {message:?} with {pieces:?}");
            }
        }
    });
}

/// What each read gives, until a silence or the end.
fn pieces(client: &mut TcpStream) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut buffer = [0; 1 << 16];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        pieces.push(String::from_utf8_lossy(&buffer[..count]).into_owned());
    }
    pieces
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_kept_has_a_bound() {
    const SENT: usize = 10_000_000;
    in_parallel(&programs(SERVERS, false), |name| {
        let (mut server, address) = server(name);
        let mut client = connect(address);
        let mut answers = client.try_clone().expect("a second handle");
        thread::scope(|scope| {
            scope.spawn(move || std::io::copy(&mut answers, &mut std::io::sink()));
            // It fails if the server has let the client go.
            let sent = client.write_all(&vec![b'x'; SENT]);
            let most = most_memory(server.child.id());
            let ended = sent.is_err() || most.is_none();
            let small = most.is_none_or(|bytes| bytes < SENT);
            _ = client.shutdown(Shutdown::Both);
            drop(client);
            assert!(ended || small, "{name} keeps {most:?} bytes of a line without end");
        });
        _ = server.child.kill();
    });
}

/// The most memory that the program has had; `None` if it has ended.
#[cfg(target_os = "linux")]
fn most_memory(id: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1000)
}

#[test]
fn no_number_makes_a_server_panic() {
    in_parallel(&programs(SERVERS, false), |name| {
        let (server, address) = server(name);
        let mut client = connect(address);
        client.set_read_timeout(Some(SILENCE)).expect("a limit");
        for number in [i64::MAX, 1, i64::MIN] {
            _ = client.write_all(format!("{number}\n").as_bytes());
            _ = pieces(&mut client);
        }
        _ = client.shutdown(Shutdown::Write);
        client.set_read_timeout(Some(LIMIT)).expect("a limit");
        // A program that panics says so before it closes.
        _ = pieces(&mut client);
        let errors = server.errors();
        assert!(!errors.contains("panicked"), "{name}: {errors}");
    });
}

#[test]
fn no_number_makes_a_client_panic() {
    in_parallel(&programs(CLIENTS, false), |name| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
        let mut command = Command::new(path(name));
        command.arg(listener.local_addr().expect("it is bound").to_string());
        let mut client = Running::start(command);
        let (mut connection, _) = listener.accept().expect("it connects");
        _ = connection.write_all(format!("{} 1\nbye\n", i64::MAX).as_bytes());
        _ = connection.shutdown(Shutdown::Write);
        assert!(client.ends(), "{name} does not end");
        let errors = client.errors();
        assert!(!errors.contains("panicked"), "{name}: {errors}");
    });
}
