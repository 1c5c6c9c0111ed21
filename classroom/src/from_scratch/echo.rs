//! `echo`: a server that gives back what it is sent, after chapter 3.

use super::{NOT_IN_TIME_WAIT, SERVER_BEFORE, TIME_WAIT, in_time_wait};
use crate::chapter_05::Check;
use crate::limit::limit;
use crate::peer::{Peer, fill};
use crate::server::{Server, Talk, start};
use crate::story::{Log, Outcome, compared, parting};
use crate::student::Student;
use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, Shutdown, TcpStream};

/// The names of its checks, handed to the macro `$list` as `echo, ECHO: NAME NAME …`.
#[macro_export]
macro_rules! echo_checks {
    ($list:ident) => {
        $list! { echo, ECHO:
            every_byte end_of_stream one_after_another vanishing_clients resetting_clients cut_anywhere
            client_that_reads_late reset_while_it_sends port_in_time_wait
        }
    };
}

macro_rules! list {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        /// The checks of an echo server. Each may be run on one that is fresh, or all on the same: it has to go on serving.
        pub const $checks: &[Check<Server>] = &[$((stringify!($name), $name)),*];
    };
}
echo_checks!(list);

/// Bytes of all kinds come back, as soon as they have come.
pub fn every_byte(server: &Server) -> Outcome {
    let all: Vec<u8> = (0..=255).collect();
    let talk = Talk::opened_by("")
        .turn("Hello", "Hello")
        .turn(" Mr Right \r\n", " Mr Right \r\n")
        .turn("李雷 exit", "李雷 exit")
        .turn("exit\n", "exit\n")
        .turn(&all, &all)
        .ended_by_client();
    server.plays(&talk)
}

/// The connection is closed when the client has finished sending, also if it has not said a word; what it said before that comes
/// back first.
pub fn end_of_stream(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = server.client("a client")?;
        client.finish()?;
        client.expect_end()
    })?;
    server.part(|server| {
        let mut client = server.client("a client")?;
        client.send(b"Hello")?;
        client.finish()?;
        client.expect("Hello")?;
        client.expect_end()
    })
}

/// A client that comes while another is served has its turn.
pub fn one_after_another(server: &Server) -> Outcome {
    server.part(|server| {
        let mut clients = Vec::new();
        for number in 1..=3 {
            let mut client = server.client(&format!("client {number}"))?;
            client.send(format!("I am {number}").as_bytes())?;
            clients.push(client);
        }
        for (mut client, number) in clients.into_iter().zip(1..) {
            client.expect(format!("I am {number}"))?;
            client.finish()?;
            client.expect_end()?;
        }
        Ok(())
    })
}

/// Clients that go away at every moment; after each, the server still serves.
pub fn vanishing_clients(server: &Server) -> Outcome {
    rude_clients(server, Peer::vanish)
}

/// Clients that break the connection; after each, the server still serves.
pub fn resetting_clients(server: &Server) -> Outcome {
    rude_clients(server, Peer::reset)
}

fn rude_clients(server: &Server, leave: fn(Peer)) -> Outcome {
    server.part(|server| {
        leave(server.client("the first client")?);
        still_serves(server)?;
        let mut client = server.client("the second client")?;
        client.send(b"Hello")?;
        leave(client);
        still_serves(server)?;
        let mut client = server.client("the third client")?;
        client.send(b"Hello")?;
        client.expect("Hello")?;
        leave(client);
        still_serves(server)
    })
}

/// After a client that was rude.
fn still_serves(server: &Server) -> Outcome {
    let hello = Talk::opened_by("").turn("Hello?", "Hello?").ended_by_client();
    server.plays(&hello)
}

/// Whatever way the bytes come in, they go out.
pub fn cut_anywhere(server: &Server) -> Outcome {
    server.plays_in_pieces(&Talk::echo(b"Hello?\n\xff\x00"))
}

/// A client that sends until nothing more is taken, and only then reads: all of it comes back.
pub fn client_that_reads_late(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = Sender::new(server)?;
        client.fill();
        client.receive_all()
    })
}

/// A client that breaks the connection while the server is sending. The server goes on with the next.
pub fn reset_while_it_sends(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = Sender::new(server)?;
        client.fill();
        server.student.log.add("the client reset the connection");
        // Closing with unread bytes is a reset.
        drop(client);
        server.student.until_over_it();
        still_serves(server)
    })
}

/// A server that has just ended had closed a connection first, which its port still remembers. On Windows that is in nobody's way.
pub fn port_in_time_wait(server: &Server) -> Outcome {
    let Some(command) = server.command().filter(|_| cfg!(not(windows))) else {
        return Ok(());
    };
    let address = (Ipv4Addr::LOCALHOST, in_time_wait()?).into();
    let log = Log::default();
    log.add(SERVER_BEFORE);
    let otherwise = |student: &Student| student.fails(NOT_IN_TIME_WAIT, TIME_WAIT);
    still_serves(&start(command, address, log, otherwise)?)
}

/// A client that sends a lot.
struct Sender<'a> {
    server: &'a Server,
    stream: TcpStream,
    sent: usize,
}

/// The byte of a long message at this place. No power of two divides the period, so that a piece in the wrong place shows.
fn byte(place: usize) -> u8 {
    (place % 251) as u8
}

fn bytes(from: usize, count: usize) -> Vec<u8> {
    (from..from + count).map(byte).collect()
}

impl<'a> Sender<'a> {
    /// More than the buffers of both kernels hold, for both directions.
    const MOST: usize = 64 << 20;

    fn new(server: &'a Server) -> Outcome<Self> {
        let stream = server.stream("a client")?;
        server.student.log.add("a client connected");
        Ok(Self { server, stream, sent: 0 })
    }

    /// Sends until the server takes no more, because it can't send either.
    fn fill(&mut self) {
        let student = &self.server.student;
        self.sent = fill(&self.stream, student, Self::MOST, byte);
        student
            .log
            .add("the client sent, and read nothing, until nothing more was taken");
    }

    /// Finishes sending, and reads all that has been sent.
    fn receive_all(&mut self) -> Outcome {
        let student = &self.server.student;
        let megabytes = self.sent >> 20;
        student.log.add(format!(
            "the client finished sending, and waited for all of it ({megabytes} MB)"
        ));
        _ = self.stream.shutdown(Shutdown::Write);
        _ = self.stream.set_read_timeout(Some(limit()));
        let mut buffer = vec![0; 1 << 16];
        let mut received = 0;
        loop {
            let (end, error) = match self.stream.read(&mut buffer) {
                Ok(0) if received == self.sent => return Ok(()),
                Ok(0) => ("closed the connection", String::new()),
                Ok(count) => {
                    let expected = bytes(received, count.min(self.sent - received));
                    if expected != buffer[..count] {
                        let place = parting(&expected, &buffer[..count]);
                        let remark = format!("byte {} of all", received + place + 1);
                        let ending = compared(&expected, &buffer[..count], &remark);
                        return Err(student.brief("gave back something else", &ending));
                    }
                    received += count;
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => ("stopped", error.to_string()),
            };
            let ending = format!(
                "{received} of {} bytes had come back. {error}\n\
                 A client that doesn't read makes the server wait in its send. When it reads again, everything has to come.",
                self.sent
            );
            return Err(
                student.fails(&format!("{end} before everything had come back"), &ending)
            );
        }
    }
}
