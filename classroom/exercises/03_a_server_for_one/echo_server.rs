//! 15 minutes · chapter 3 · write it yourself
//!
//! Reach: an echo server: it gives back every byte, to one guest after another, until that guest has finished sending.
//! Why: it is the smallest server that is right whatever way the bytes come in: whole, cut, one by one, glued together. The
//! grader tries them all.

use socket2::Socket;
use std::io;

/// Serves for ever. A guest who breaks off costs a line on standard error, nothing more.
fn serve(listener: Socket) -> io::Result<()> {
    // TODO: accept in a loop; for each guest read in a loop, and send back what came, until nothing comes.
    todo!("an echo server on {listener:?}")
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Graded, Talk, server};

    #[test]
    fn a_talk() -> Graded {
        let talk = Talk::opened_by("")
            .turn("Hello?\n", "Hello?\n")
            .turn(b"\xff\x00", b"\xff\x00")
            .ended_by_guest();
        let server = server(serve)?;
        server.plays(&talk)?;
        server.plays_in_pieces(&talk)
    }

    #[test]
    fn more_than_a_buffer() -> Graded {
        let long = "x".repeat(10_000);
        server(serve)?.plays(&Talk::opened_by("").turn(&long, &long).ended_by_guest())
    }

    #[test]
    fn a_guest_who_breaks_off() -> Graded {
        let server = server(serve)?;
        let mut first = server.guest("guest 1")?;
        first.send(b"hello")?;
        first.expect("hello")?;
        first.reset();
        server.plays(&Talk::opened_by("").turn("hello", "hello").ended_by_guest())
    }
}
