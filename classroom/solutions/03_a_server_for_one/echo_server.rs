//! 15 minutes · chapter 3 · write it yourself
//!
//! Reach: an echo server: it gives back every byte, to one client after another, until that client has finished sending.
//! Why: it is the smallest server that is right whatever way the bytes come in: whole, cut, one by one, glued together. The
//! grader tries them all.

use socket2::Socket;
use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

/// Serves without end. A client that breaks off is no reason to stop, not even while the server sends to it, and neither is an
/// `accept` that fails.
fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        if let Err(error) = echo(&mut client) {
            eprintln!("error: a client broke off: {error}");
        }
    }
}

/// An echo does not care where a message begins or ends, so it needs no more than what each read gives.
fn echo(client: &mut Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        client.write_all(&buffer[..count])?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Talk, server, server_and_accept};

    fn hello() -> Talk {
        Talk::opened_by("").turn("hello", "hello").ended_by_client()
    }

    #[test]
    fn a_talk() -> Outcome {
        server(serve)?.plays(&hello())
    }

    #[test]
    fn in_pieces() -> Outcome {
        let server = server(serve)?;
        server.plays(&hello())?;
        server.plays_in_pieces(&Talk::echo(b"Hello?\n\xff\x00"))
    }

    #[test]
    fn more_than_a_buffer() -> Outcome {
        let long = "x".repeat(10_007);
        server(serve)?.plays(&Talk::opened_by("").turn(&long, &long).ended_by_client())
    }

    #[test]
    fn a_client_that_breaks_off() -> Outcome {
        let server = server(serve)?;
        let mut first = server.client("client 1")?;
        first.send(b"hello")?;
        first.expect("hello")?;
        first.reset();
        server.plays(&hello())
    }

    #[test]
    fn a_client_that_breaks_off_while_it_is_sent_to() -> Outcome {
        let server = server(serve)?;
        let mut first = server.client("client 1")?;
        first.sends_without_reading()?;
        first.reset();
        server.has_not_panicked()?;
        server.plays(&hello())
    }

    #[test]
    fn an_accept_that_fails() -> Outcome {
        let (server, accept) = server_and_accept(serve)?;
        let mut first = server.client("client 1")?;
        first.send(b"hello")?;
        first.expect("hello")?;
        accept.fails()?;
        first.vanish();
        // Where each client has a thread, the server has been waiting in `accept` since before.
        server.client("client 2")?.vanish();
        accept.works_again()?;
        server.plays(&hello())
    }
}
