//! 20 minutes · chapter 4 · write it yourself
//!
//! Reach: a client for a server that you are only told about.
//! Why: this is how it goes at work. Somebody gives you a page about a protocol; nobody gives you the other program.
//!
//! The page: "The server asks sums, one a line, as in `17 25`. The client answers each with the sum and a newline. After some
//! sums, nobody knows how many, the server says `bye` and a newline, and closes. Every line ends in `\n`. The server may send
//! a line in several pieces, or several lines at once."

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};

/// Answers all sums, and gives how many there were. Anything else is an error to return: a line that is not a sum of two `i64`, a
/// sum that does not fit into an `i64`, an end before `bye`.
fn answer_sums(address: SocketAddr) -> io::Result<usize> {
    let mut connection = TcpStream::connect(address)?;
    // A BufReader reads as much as there is, and keeps what comes after the line for the next time. There must be one for the
    // whole connection: what a second one has kept, the first never sees.
    let lines = BufReader::new(connection.try_clone()?).lines();
    for (line, count) in lines.zip(0..) {
        let line = line?;
        if line == "bye" {
            return Ok(count);
        }
        let sum = sum(&line)
            .ok_or_else(|| io::Error::other(format!("`{line}` is not a sum")))?;
        connection.write_all(format!("{sum}\n").as_bytes())?;
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// `+` would panic at a sum that is too big, or give a wrong one in a release build.
fn sum(line: &str) -> Option<i64> {
    let (a, b) = line.split_once(' ')?;
    a.parse::<i64>().ok()?.checked_add(b.parse().ok()?)
}

fn main() {
    grader::by_hand::client(answer_sums);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Peer, check, client, visible};

    fn answers(
        deliver: fn(&mut Peer, &[u8]) -> Outcome,
        circumstance: Option<&str>,
    ) -> Outcome {
        let client = client(answer_sums)?;
        if let Some(circumstance) = circumstance {
            client.circumstance(circumstance);
        }
        let mut server = client.accept()?;
        deliver(&mut server, b"17 25\n")?;
        server.expect_only("42\n")?;
        deliver(&mut server, b"1 -1\n")?;
        server.expect_only("0\n")?;
        deliver(&mut server, b"bye\n")?;
        server.finish()?;
        counted(client.returns()?, 2)
    }

    fn counted(returned: usize, sums: usize) -> Outcome {
        check(
            returned == sums,
            &format!("your client returned {returned}, but there were {sums} sums"),
        )
    }

    #[test]
    fn a_line_at_once() -> Outcome {
        answers(|server, line| server.send(line), None)
    }

    #[test]
    fn byte_by_byte() -> Outcome {
        a_line_at_once()?;
        let deliver: fn(&mut Peer, &[u8]) -> Outcome =
            |server, line| server.send_in_pieces(&line.chunks(1).collect::<Vec<_>>());
        answers(deliver, Some("when each line came byte by byte"))
    }

    #[test]
    fn glued_together() -> Outcome {
        a_line_at_once()?;
        let client = client(answer_sums)?;
        client.circumstance("when all lines came at once");
        let mut server = client.accept()?;
        server.send(b"1 2\n3 4\n5 6\nbye\n")?;
        server.expect("3\n7\n11\n")?;
        server.finish()?;
        counted(client.returns()?, 3)
    }

    /// Each line that is whole is answered before the rest comes, and the beginning of the next is kept.
    #[test]
    fn cut_anywhere() -> Outcome {
        glued_together()?;
        let lines = "1 2\n30 40\n5 6\nbye\n";
        for cut in 1..lines.len() {
            let (first, rest) = lines.split_at(cut);
            let client = client(answer_sums)?;
            client.circumstance(&format!(
                "when the lines were cut after `{}`",
                visible(first.as_bytes())
            ));
            let mut server = client.accept()?;
            let mut sums = ["3\n", "70\n", "11\n"].into_iter();
            for piece in [first, rest] {
                server.send(piece.as_bytes())?;
                let lines = piece.matches('\n').count();
                server.expect_only(sums.by_ref().take(lines).collect::<String>())?;
            }
            server.finish()?;
            counted(client.returns()?, 3)?;
        }
        Ok(())
    }

    #[test]
    fn a_sum_that_just_fits() -> Outcome {
        let client = client(answer_sums)?;
        let mut server = client.accept()?;
        server.send(b"9223372036854775806 1\n-9223372036854775807 -1\nbye\n")?;
        server.expect("9223372036854775807\n-9223372036854775808\n")?;
        server.finish()?;
        counted(client.returns()?, 2)
    }

    /// Whatever line comes, the client must not panic, and must not take it for an answer or an end.
    fn is_an_error(line: impl AsRef<[u8]>) -> Outcome {
        let line = line.as_ref();
        let client = client(|address| io::Result::Ok(answer_sums(address).is_err()))?;
        let mut server = client.accept()?;
        server.send(b"1 2\n")?;
        server.expect("3\n")?;
        server.send(line)?;
        server.send(b"\nbye\n")?;
        server.finish()?;
        check(
            client.returns()?,
            &format!(
                "the server said `{}`, but your client returned no error",
                visible(line)
            ),
        )
    }

    #[test]
    fn bytes_that_are_no_text() -> Outcome {
        is_an_error(b"1 \xff")
    }

    #[test]
    fn a_line_that_is_not_a_sum() -> Outcome {
        ["17", "17 and 25", "1 2 3", ""].into_iter().try_for_each(is_an_error)
    }

    #[test]
    fn a_sum_that_is_too_big() -> Outcome {
        is_an_error("9223372036854775807 1")?;
        is_an_error("-9223372036854775808 -1")?;
        is_an_error("9223372036854775808 0")
    }

    #[test]
    fn an_end_before_bye() -> Outcome {
        let client = client(|address| io::Result::Ok(answer_sums(address).is_err()))?;
        let mut server = client.accept()?;
        server.send(b"1 2\n")?;
        server.expect("3\n")?;
        server.finish()?;
        check(
            client.returns()?,
            "the stream ended before `bye`, but your client returned no error",
        )
    }
}
