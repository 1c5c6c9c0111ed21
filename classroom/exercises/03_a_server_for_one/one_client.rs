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
    // TODO: A slice of 1 byte can take 1 byte. Give `read` the whole buffer.
    let count = client.read(&mut buffer[..1])?;
    let name = &buffer[..count];

    // TODO: Answer `Server: Hello NAME!` and a newline. The name may be any bytes, so it can't go through `format!`.
    _ = name;
    Ok(())
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
