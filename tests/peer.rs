//! The other end of a connection, held by a test: it says, hears, and tells the story of a
//! failure.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use socket2::SockRef;

use crate::examples::limit;

/// One end of a connection. Every method panics with the whole conversation so far if the
/// other end does not do as expected within the time limit.
pub struct Peer {
    stream: TcpStream,
    /// What has been said and heard, a line each.
    so_far: Vec<String>,
    /// Bytes that came after what was expected.
    ahead: Vec<u8>,
}

impl Peer {
    /// Connects to a server.
    pub fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&server, limit());
        Peer::new(
            stream.unwrap_or_else(|error| panic!("can't connect to {server}: {error}")),
        )
    }

    /// Accepts the next client, within the time limit.
    pub fn accept(listener: &TcpListener) -> Self {
        let deadline = Instant::now() + limit();
        listener.set_nonblocking(true).expect("a listener can be non-blocking");
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false).expect("a stream can block");
                    return Peer::new(stream);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    assert!(Instant::now() < deadline, "no client has connected");
                    std::thread::yield_now();
                }
                Err(error) => panic!("can't accept: {error}"),
            }
        }
    }

    fn new(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(limit())).expect("the limit is not zero");
        stream.set_write_timeout(Some(limit())).expect("the limit is not zero");
        stream.set_nodelay(true).expect("TCP has this option");
        Peer { stream, so_far: Vec::new(), ahead: Vec::new() }
    }

    /// Sends these bytes, in one call.
    pub fn says(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.so_far.push(format!("sent     {}", shown(bytes)));
        if let Err(error) = self.stream.write_all(bytes) {
            self.fail(&format!("could not send it: {error}"));
        }
    }

    /// Sends these bytes and does not care whether anybody takes them.
    pub fn tries_to_say(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Receives exactly these bytes, in however many pieces.
    pub fn hears(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut heard = std::mem::take(&mut self.ahead);
        let mut trouble = String::new();
        while heard.len() < expected.len() && expected.starts_with(&heard) {
            let mut buffer = [0; 4096];
            match self.read(&mut buffer) {
                Ok(0) => trouble = "the other side closed".into(),
                Ok(n) => heard.extend_from_slice(&buffer[..n]),
                Err(error) if is_timeout(&error) => {
                    trouble = format!("nothing more within {:?}", limit());
                }
                Err(error) => trouble = error.to_string(),
            }
            if !trouble.is_empty() {
                break;
            }
        }
        if heard.starts_with(expected) {
            self.ahead = heard.split_off(expected.len());
            self.so_far.push(format!("received {}", shown(expected)));
            return;
        }
        let same = heard.iter().zip(expected).take_while(|(a, b)| a == b).count();
        let mark = shown(&expected[..same]).chars().count() - 1;
        self.fail(&format!(
            "expected {}\n         {}^ from here on it is not\nreceived {}{}{trouble}",
            shown(expected),
            " ".repeat(mark),
            shown(&heard),
            if trouble.is_empty() { "" } else { ", then " },
        ));
    }

    /// Receives the end of the stream, and nothing before it.
    pub fn hears_end(&mut self) {
        let mut heard = std::mem::take(&mut self.ahead);
        let mut buffer = [0; 4096];
        let trouble = loop {
            if !heard.is_empty() {
                break String::new();
            }
            match self.read(&mut buffer) {
                Ok(0) => {
                    self.so_far.push("received the end of the stream".into());
                    return;
                }
                Ok(n) => heard.extend_from_slice(&buffer[..n]),
                Err(error) if is_timeout(&error) => {
                    break format!("nothing within {:?}", limit());
                }
                Err(error) => break error.to_string(),
            }
        };
        let heard = if heard.is_empty() { trouble } else { shown(&heard) };
        self.fail(&format!("expected the end of the stream\nreceived {heard}"));
    }

    /// Nothing has come so far, not even the end.
    pub fn hears_nothing_yet(&mut self) {
        self.stream.set_nonblocking(true).expect("a stream need not block");
        let seen = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false).expect("a stream can block");
        if !seen.as_ref().is_err_and(is_timeout) {
            self.fail(&format!("expected nothing yet\nreceived {seen:?}"));
        }
    }

    /// Reads to the end of the stream or to an error, whatever comes. Returns how many bytes
    /// came.
    pub fn drains(&mut self) -> usize {
        let mut heard = Vec::new();
        let _ = self.stream.read_to_end(&mut heard);
        heard.len()
    }

    /// The address of this end.
    #[cfg(target_os = "linux")]
    pub fn address(&self) -> SocketAddr {
        self.stream.local_addr().expect("a connection has two ends")
    }

    /// Finishes sending, and can still receive.
    pub fn half_closes(&mut self) {
        self.so_far.push("half-closed: nothing more will be sent".into());
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Ends the connection with a reset: closing with `SO_LINGER` at zero (socket(7)).
    pub fn resets(self) {
        let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
    }

    /// Reads, and again if it is interrupted: on Linux a `read` with a time limit may be, also
    /// without a signal handler (signal(7)).
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.stream.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    fn fail(&self, what: &str) -> ! {
        panic!("the conversation so far:\n  {}\n{what}\n", self.so_far.join("\n  "));
    }
}

/// The two ends of one connection, with time limits: for what kernels do by themselves.
pub fn connection() -> (TcpStream, TcpStream) {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let address = listener.local_addr().expect("it is bound");
    let one = Peer::connect(address).stream;
    (one, Peer::accept(&listener).stream)
}

/// A read that timed out is `WouldBlock` on Unix and `TimedOut` on Windows.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn shown(bytes: &[u8]) -> String {
    let escaped = bytes.escape_ascii().to_string().replace("\\'", "'");
    format!("\"{escaped}\"")
}
