//! 10 minutes · chapter 3 · fill the blanks
//!
//! Reach: a server that greets one client: accept, welcome and ask, read the name, say hello, close.
//! Why: these are the last three of the server's six steps. The listener only takes connections; the talk goes over a second
//! socket, which `accept` gives.

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    // It blocks until something has come, and says how much. The rest of the buffer is still zeros.
    let count = client.read(&mut buffer)?;
    let name = &buffer[..count];

    client.write_all(&[b"Server: Hello ", name, b"!\n"].concat())
    // Here `client` is dropped, and so the connection is closed.
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, server};

    fn greets(name: &[u8]) -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client")?;
        client.expect("Server: Welcome!\nServer: What's your name?")?;
        client.send(name)?;
        client.expect([b"Server: Hello ", name, b"!\n"].concat())?;
        client.expect_end()?;
        server.returns()
    }

    #[test]
    fn it_greets_michael() -> Outcome {
        greets(b"Michael")
    }

    #[test]
    fn it_greets_a_name_with_spaces() -> Outcome {
        greets(b" Mr Right ")
    }

    #[test]
    fn it_greets_bytes_that_are_no_text() -> Outcome {
        greets(b"\xff\0\xfe")
    }
}
