//! 10 minutes · chapter 3 · fix the bug
//!
//! Reach: a server that notices when its client has gone.
//! Why: at the end of a stream `recv` does not fail and does not wait: it returns no bytes, again and again. A server that
//! does not look at the count greets nobody, without end, as fast as the machine can. (`read` is the crate's name for `recv`, here
//! and in all that follows; the stories say `recv`.)

use socket2::Socket;
use std::io::{self, Read, Write};

/// Talks with one client, until `exit` or the end of the stream; both are a quiet end.
fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        // TODO: What if nothing has come?
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

    #[test]
    fn a_client_says_exit() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client")?;
        client.expect(WELCOME)?;
        client.send(b"Michael")?;
        client.expect(hello("Michael"))?;
        client.send(b"exit")?;
        client.expect(GOOD_BYE)?;
        client.expect_end()?;
        server.returns()
    }

    /// A client that says little, or nothing for a while, has not gone.
    #[test]
    fn a_client_is_still_there() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client")?;
        client.expect(WELCOME)?;
        for name in [" ", "\0"] {
            client.send(name.as_bytes())?;
            client.expect(hello(name))?;
        }
        client.falls_silent_after(b"Tracy", hello("Tracy"))?;
        client.send(b"Michael")?;
        client.expect(hello("Michael"))
    }

    #[test]
    fn a_client_finishes_sending() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client")?;
        client.expect(WELCOME)?;
        client.send(b"Michael")?;
        client.expect(hello("Michael"))?;
        client.finish()?;
        client.expect_end()?;
        server.returns()
    }

    #[test]
    fn a_client_vanishes() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client")?;
        client.expect(WELCOME)?;
        client.vanish();
        server.returns()
    }
}
