//! 10 minutes · chapter 3 · fix the bug
//!
//! Reach: a client at a terminal can leave.
//! Why: someone who types `exit` and presses Enter sends five bytes, or six on some systems: the end of the line is sent too. A
//! server that compares with the four letters says "Hello exit" to somebody who wants to go home.

use socket2::Socket;
use std::io::{self, Read, Write};

/// Talks with one client, whose names and whose `exit` may end in `\n` or `\r\n`.
fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        // TODO: Take the line's end off, if there is one.
        let name = &buffer[..count];
        if name == b"exit" {
            return client.write_all(b"Server: Good bye!\n");
        }
        client.write_all(
            &[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat(),
        )?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::chapter_05::{GOOD_BYE, WELCOME, hello};
    use grader::{Outcome, server};

    fn leaves(line_end: &str) -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client at a terminal")?;
        client.expect(WELCOME)?;
        client.send(format!("exit{line_end}").as_bytes())?;
        client.expect(GOOD_BYE)?;
        client.expect_end()?;
        server.returns()
    }

    #[test]
    fn without_a_newline() -> Outcome {
        leaves("")
    }

    #[test]
    fn with_a_newline() -> Outcome {
        leaves("\n")
    }

    #[test]
    fn with_a_windows_line_end() -> Outcome {
        leaves("\r\n")
    }

    fn greets(name: &[u8], line_end: &[u8]) -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client at a terminal")?;
        client.expect(WELCOME)?;
        client.send(&[name, line_end].concat())?;
        client.expect(hello(name))
    }

    #[test]
    fn a_name_keeps_its_spaces() -> Outcome {
        greets(b" Mr Right ", b"\n")
    }

    #[test]
    fn nearly_exit_is_a_name() -> Outcome {
        greets(b"exit now", b"")?;
        greets(b"Exit", b"")
    }

    #[test]
    fn a_name_need_not_be_text() -> Outcome {
        greets(b"J\xf6rg", b"")
    }
}
