//! 15 minutes · chapter 3 · write it yourself
//!
//! Reach: an echo server: it gives back every byte, to one client after another, until that client has finished sending.
//! Why: it is the smallest server that is right whatever way the bytes come in: whole, cut, one by one, glued together. The
//! grader tries them all.

use socket2::Socket;
#[allow(unused_imports)] // until you use them
use std::io::{self, Read, Write};

/// Serves without end. A client that breaks off is no reason to stop, not even while the server sends to it, and neither is an
/// `accept` that fails.
fn serve(listener: Socket) -> io::Result<()> {
    // TODO: accept in a loop; for each client read in a loop, and send back what came, until nothing comes.
    todo!("an echo server on {listener:?}")
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
