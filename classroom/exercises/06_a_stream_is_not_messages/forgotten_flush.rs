//! 10 minutes · chapter 6 · fix the bug
//!
//! Reach: a server that collects its words in a `BufWriter`, and sends them before it waits.
//! Why: what is in a `BufWriter` isn't on its way. Both sides wait, nothing is in any queue, and no tool shows what is wrong. To
//! send each word at once isn't the cure: two small writes can cost 40 milliseconds.
//!
//! Whatever there is to say to all the lines that have come leaves with one write. A line is at most 1,024 bytes long, without its
//! newline; a longer one ends the talk, and so does a stream that ends within a line.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::TcpListener;

/// How many bytes a name may have.
const MAX_LINE: u64 = 1024;

/// Greets one client, until `exit` or the end of the stream.
fn serve(listener: TcpListener) -> io::Result<()> {
    let (client, _address) = listener.accept()?;
    let mut reader = BufReader::new(&client);
    let mut writer = BufWriter::new(&client);
    writer.write_all(b"Server: Welcome!\nServer: What's your name?\n")?;
    let mut line = Vec::new();
    loop {
        // TODO: Here the server waits for the next name. Who has its question?
        line.clear();
        let mut limited = (&mut reader).take(MAX_LINE + 1);
        limited.read_until(b'\n', &mut line)?;
        // No newline: the stream has ended, or the line is too long.
        let Some(name) = line.strip_suffix(b"\n") else {
            return Ok(());
        };
        if name == b"exit" {
            writer.write_all(b"Server: Good bye!\n")?;
            return writer.flush();
        }
        writer.write_all(&[b"Server: Hello ", name, b"!\n"].concat())?;
        writer.write_all(b"Server: What's your name?\n")?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::chapter_06::{WELCOME, hello};
    use grader::{Outcome, Talk, chapter_05, server};

    fn two_names() -> Talk {
        Talk::opened_by(WELCOME)
            .turn("Michael\n", hello("Michael"))
            .turn("Tracy\n", hello("Tracy"))
    }

    #[test]
    fn one_line_at_a_time() -> Outcome {
        let server = server(serve)?;
        server.plays(&two_names().turn("exit\n", chapter_05::GOOD_BYE))?;
        server.returns()
    }

    #[test]
    fn a_client_that_finishes() -> Outcome {
        let server = server(serve)?;
        server.plays(&two_names().ended_by_client())?;
        server.returns()
    }

    /// What is whole is answered, although more has come.
    #[test]
    fn a_line_and_a_half() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client")?;
        client.expect(WELCOME)?;
        client.send(b"Michael\nTra")?;
        client.expect(hello("Michael"))?;
        client.send(b"cy\nex")?;
        client.expect(hello("Tracy"))?;
        client.send(b"it\n")?;
        client.expect(chapter_05::GOOD_BYE)?;
        client.expect_end()?;
        server.returns()
    }

    #[test]
    fn a_turn_is_one_write() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client")?;
        client.expect(WELCOME)?;
        client.expect_in_one_piece(b"Michael\n", &hello("Michael"))
    }

    #[test]
    fn so_are_two_turns_that_came_together() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a hasty client")?;
        client.expect(WELCOME)?;
        let both = ["Michael", "Tracy"].map(hello).concat();
        client.expect_in_one_piece(b"Michael\nTracy\n", &both)
    }

    /// More than a `BufWriter` holds.
    #[test]
    fn many_lines_at_once() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client with many names")?;
        client.expect(WELCOME)?;
        client.send(&b"Michael\n".repeat(1000))?;
        client.expect(hello("Michael").repeat(1000))?;
        client.send(b"exit\n")?;
        client.expect(chapter_05::GOOD_BYE)?;
        client.expect_end()?;
        server.returns()
    }

    #[test]
    fn the_longest_name() -> Outcome {
        let name = "x".repeat(1024);
        let talk = Talk::opened_by(WELCOME).turn(format!("{name}\n"), hello(&name));
        server(serve)?.plays(&talk.ended_by_client())?;
        let server = server(serve)?;
        let mut client = server.client("a client whose name has no end")?;
        client.expect(WELCOME)?;
        client.send("x".repeat(1025).as_bytes())?;
        client.expect_closed()?;
        server.returns()
    }
}
