//! 15 minutes · chapter 5 · fix the bug
//!
//! Reach: a server that finds the names in the stream, wherever the stream is cut.
//! Why: TCP carries bytes, not messages. What was sent with three calls may come with one, and what was sent with one may come
//! with three. A protocol says where a message ends; here it is the newline. Both halves count: a part of a name, and the first
//! bytes of the next.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (guest, _address) = listener.accept()?;
        let talk = || {
            if let Err(error) = talk(guest) {
                eprintln!("error: talking with a guest: {error}");
            }
        };
        if let Err(error) = thread::Builder::new().spawn(talk) {
            eprintln!("error: no thread for a guest: {error}");
        }
    }
}

/// Greets each name, until a line that is `exit`, or the end of the stream. Every line ends in `\n`.
fn talk(guest: TcpStream) -> io::Result<()> {
    // It reads what there is, hands out what is asked for, and keeps the rest. `&guest` can be read and `&guest` can be
    // written, both at once: a TcpStream is a handle, and the kernel looks after its two directions.
    let mut reader = BufReader::new(&guest);
    let mut line = Vec::new();
    // Bytes, not text: `read_line` would refuse a name that is no UTF-8.
    while reader.read_until(b'\n', &mut line)? > 0 {
        // A line without a newline is the beginning of one that the guest did not finish: no name.
        let Some(name) = line.strip_suffix(b"\n") else {
            break;
        };
        if name == b"exit" {
            return (&guest).write_all(b"Good bye!\n");
        }
        (&guest).write_all(&[b"Hello ", name, b"!\n"].concat())?;
        line.clear();
    }
    Ok(())
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Graded, Talk, server};

    fn three_names() -> Talk {
        Talk::opened_by("")
            .turn("Michael\n", "Hello Michael!\n")
            .turn("Tracy\n", "Hello Tracy!\n")
            .turn(b"\xff\n", b"Hello \xff!\n")
            .turn("exit\n", "Good bye!\n")
    }

    #[test]
    fn one_line_at_a_time() -> Graded {
        server(serve)?.plays(&three_names())
    }

    #[test]
    fn in_pieces() -> Graded {
        server(serve)?.plays_in_pieces(&three_names())
    }

    #[test]
    fn glued_together() -> Graded {
        let server = server(serve)?;
        let mut guest = server.guest("a hasty guest")?;
        guest.send(b"Michael\nTracy\nexit\n")?;
        guest.expect("Hello Michael!\nHello Tracy!\nGood bye!\n")?;
        guest.expect_end()
    }
}
