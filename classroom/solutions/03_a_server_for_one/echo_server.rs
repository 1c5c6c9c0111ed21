//! 15 minutes · chapter 3 · write it yourself
//!
//! Reach: an echo server: it gives back every byte, to one guest after another, until that guest has finished sending.
//! Why: it is the smallest server that is right whatever way the bytes come in: whole, cut, one by one, glued together. The
//! grader tries them all.

use socket2::Socket;
use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

/// Serves without end. A guest who breaks off costs a line on standard error, nothing more; so does an `accept` that fails.
fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut guest, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        if let Err(error) = echo(&mut guest) {
            eprintln!("error: a guest broke off: {error}");
        }
    }
}

/// An echo does not care where a message begins or ends, so it needs no more than what each read gives.
fn echo(guest: &mut Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let count = guest.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        guest.write_all(&buffer[..count])?;
    }
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
        server(serve)?.plays_in_pieces(&Talk::echo(b"Hello?\n\xff\x00"))
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
