//! 10 minutes · chapter 3 · fill the blanks
//!
//! Reach: a server that greets one guest: accept, welcome and ask, read the name, say hello, close.
//! Why: these are the last three of the server's six steps. The listener only takes connections; the talk goes over a second
//! socket, which `accept` gives.

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut guest, _address) = listener.accept()?;
    guest.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    // TODO: A slice of 1 byte can take 1 byte. Give `read` the whole buffer.
    let count = guest.read(&mut buffer[..1])?;
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
    use grader::{Graded, server};

    fn greets(name: &[u8]) -> Graded {
        let server = server(serve)?;
        let mut guest = server.guest("a guest")?;
        guest.expect("Server: Welcome!\nServer: What's your name?")?;
        guest.send(name)?;
        guest.expect([b"Server: Hello ", name, b"!\n"].concat())?;
        guest.expect_end()?;
        server.returns()
    }

    #[test]
    fn it_greets_michael() -> Graded {
        greets(b"Michael")
    }

    #[test]
    fn it_greets_bytes_that_are_no_text() -> Graded {
        greets(b"\xff\xfe")
    }
}
