//! 8 minutes · chapter 5 · fix the bug
//!
//! Reach: a server whose guests wait microseconds for an answer, not 40 milliseconds.
//! Why: two small writes and then a read is the slow pattern. The kernel holds the second write back until the first has
//! been acknowledged (Nagle's algorithm), and the other side delays its acknowledgement, since it hopes to send it with an answer.

use std::io::{self, Read, Write};
use std::net::TcpListener;

/// Greets one guest, until the end of its stream.
fn serve(listener: TcpListener) -> io::Result<()> {
    let (mut guest, _address) = listener.accept()?;
    guest.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        match guest.read(&mut buffer)? {
            0 => return Ok(()),
            count if &buffer[..count] == b"exit" => {
                return guest.write_all(b"Server: Good bye!\n");
            }
            count => answer(&mut guest, &buffer[..count])?,
        }
    }
}

/// Says hello and asks for the next name.
fn answer(guest: &mut impl Write, name: &[u8]) -> io::Result<()> {
    // Put together first, then sent: one call, one segment. A BufWriter that is flushed before each read does the same.
    // `set_nodelay` would also cure the waiting, with two segments where one is enough.
    guest.write_all(&[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat())
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Graded, Paper, call, chapter_5, server};

    #[test]
    fn one_call() -> Graded {
        let guest = call("answer", || {
            let mut guest = Paper::default();
            answer(&mut guest, b"Ann").map(|()| guest)
        })?;
        guest.makes(r#"send "Server: Hello Ann!\nServer: What's your name?" = 44"#)
    }

    /// A connection that takes at most 30 bytes with each call. Whatever it takes, all has to be sent.
    #[test]
    fn a_connection_that_takes_a_part() -> Graded {
        let guest = call("answer", || {
            let mut guest = Paper::narrow(30);
            answer(&mut guest, b"Ann").map(|()| guest)
        })?;
        guest.makes(
            r#"
            send "Server: Hello Ann!\nServer: What's your name?" = 30
            send "t's your name?" = 14
            "#,
        )
    }

    #[test]
    fn a_hundred_round_trips() -> Graded {
        chapter_5::round_trips(&server(serve)?)
    }
}
