//! 12 minutes · chapter 3 · fix the bug
//!
//! Reach: send a whole message, although each `send` may take only a part of it.
//! Why: a blocking `send` nearly always takes everything before it returns. It takes less when a signal, a time limit or a reset
//! ends its wait, and a non-blocking one takes what fits into the buffer. It says how much it took, and the rest is yours to
//! send. A program that doesn't look works for years, until it loses the end of a message.

use std::io::{self, Write};

/// Sends all of `message`. `write` is the crate's name for `send`; `write_all` is what you are building here.
fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    // TODO: Look at the count, and send what is left.
    let count = connection.write(message)?;
    println!("{count} of {} bytes were taken", message.len());
    Ok(())
}

fn main() {
    grader::by_hand::show("send_whole", || send_whole(&mut io::sink(), b"hello"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, ScriptedStream, and_returns, call, check};

    /// A connection that takes at most so many bytes with each call.
    fn sends(most: usize, calls: &str) -> Outcome {
        let (connection, sent) = call("send_whole", move || {
            let mut connection = ScriptedStream::narrow(most).with_write_alone();
            let sent = send_whole(&mut connection, b"Server: Welcome!\n");
            io::Result::Ok((connection, sent))
        })?;
        and_returns("send_whole", sent, connection.makes(calls))
    }

    #[test]
    fn all_is_taken_at_once() -> Outcome {
        sends(100, r#"send "Server: Welcome!\n" = 17"#)
    }

    #[test]
    fn at_most_7_bytes_are_taken() -> Outcome {
        sends(
            7,
            r#"
            send "Server: Welcome!\n" = 7
            send " Welcome!\n" = 7
            send "e!\n" = 3
            "#,
        )
    }

    #[test]
    fn no_byte_is_taken() -> Outcome {
        let result = call("send_whole", || {
            let mut connection = ScriptedStream::narrow(0).with_write_alone();
            io::Result::Ok(send_whole(&mut connection, b"hello"))
        })?;
        let kind = result.err().map(|error| error.kind());
        check(
            kind == Some(io::ErrorKind::WriteZero),
            "a connection that takes nothing any more is an error: io::ErrorKind::WriteZero",
        )
    }
}
