//! 10 minutes · chapter 3 · fix the bug
//!
//! Reach: a server that notices when its guest has gone.
//! Why: at the end of a stream `recv` does not fail and does not wait: it returns no bytes, again and again. Who does not look
//! at the count greets nobody, without end, as fast as the machine can.

use socket2::Socket;
use std::io::{self, Read, Write};

/// Talks with one guest, until `exit` or the end of the stream; both are a quiet end.
fn serve(listener: Socket) -> io::Result<()> {
    let (mut guest, _address) = listener.accept()?;
    guest.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = guest.read(&mut buffer)?;
        // TODO: What if nothing has come?
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

    #[test]
    fn a_guest_says_exit() -> Graded {
        let server = server(serve)?;
        let mut guest = server.guest("a guest")?;
        guest.expect(WELCOME)?;
        guest.send(b"Michael")?;
        guest.expect(hello("Michael"))?;
        guest.send(b"exit")?;
        guest.expect(GOOD_BYE)?;
        guest.expect_end()?;
        server.returns()
    }

    #[test]
    fn a_guest_finishes_sending() -> Graded {
        let server = server(serve)?;
        let mut guest = server.guest("a guest")?;
        guest.expect(WELCOME)?;
        guest.finish()?;
        guest.expect_end()?;
        server.returns()
    }

    #[test]
    fn a_guest_vanishes() -> Graded {
        let server = server(serve)?;
        let mut guest = server.guest("a guest")?;
        guest.expect(WELCOME)?;
        guest.vanish();
        server.returns()
    }
}
