//! 10 minutes · chapter 3 · fix the bug
//!
//! Reach: a guest at a terminal can leave.
//! Why: who types `exit` and presses Enter sends five bytes, or six on some systems: the line's end belongs to what they send. A
//! server that compares with the four letters says "Hello exit" to somebody who wants to go home.

use socket2::Socket;
use std::io::{self, Read, Write};

/// Talks with one guest, whose names and whose `exit` may end in `\n` or `\r\n`.
fn serve(listener: Socket) -> io::Result<()> {
    let (mut guest, _address) = listener.accept()?;
    guest.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = guest.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        // TODO: Take the line's end off, if there is one.
        let name = &buffer[..count];
        if name == b"exit" {
            return guest.write_all(b"Server: Good bye!\n");
        }
        guest.write_all(
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
    use grader::chapter_5::{GOOD_BYE, WELCOME, hello};
    use grader::{Graded, server};

    fn leaves(line_end: &str) -> Graded {
        let server = server(serve)?;
        let mut guest = server.guest("a guest at a terminal")?;
        guest.expect(WELCOME)?;
        guest.send(format!("exit{line_end}").as_bytes())?;
        guest.expect(GOOD_BYE)?;
        guest.expect_end()?;
        server.returns()
    }

    #[test]
    fn without_a_newline() -> Graded {
        leaves("")
    }

    #[test]
    fn with_a_newline() -> Graded {
        leaves("\n")
    }

    #[test]
    fn with_a_windows_line_end() -> Graded {
        leaves("\r\n")
    }

    #[test]
    fn a_name_keeps_its_spaces() -> Graded {
        let server = server(serve)?;
        let mut guest = server.guest("a guest at a terminal")?;
        guest.expect(WELCOME)?;
        guest.send(b" Mr Right \n")?;
        guest.expect(hello(" Mr Right "))
    }
}
