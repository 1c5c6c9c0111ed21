//! 10 minutes · chapter 4 · fix the bug
//!
//! Reach: receive all that the server sends, up to the end of the stream, however much it is.
//! Why: one `recv` gives what has come by now: all, half, or a single byte. On your own machine it is nearly always all, so
//! this fault shows itself on the day of the demonstration. A pause is not the end either: the server may say nothing for a while.

use socket2::{Domain, Socket, Type};
use std::io::{self, Read};
use std::net::SocketAddr;

/// Gives everything that the server sends.
fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut buffer = [0; 1024];
    let mut all = Vec::new();
    loop {
        let count = socket.read(&mut buffer)?;
        // Not "nothing has come yet", for then `read` would have waited: nothing will come any more.
        if count == 0 {
            return Ok(all);
        }
        all.extend_from_slice(&buffer[..count]);
    }
}

fn main() {
    grader::by_hand::client(receive);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, client, visible};

    #[test]
    fn at_once() -> Outcome {
        let client = client(receive)?;
        let mut server = client.accept()?;
        server.send(b"Server: Welcome!\n")?;
        server.finish()?;
        client.returns_text("Server: Welcome!\n")
    }

    #[test]
    fn in_pieces() -> Outcome {
        at_once()?;
        let client = client(receive)?;
        let mut server = client.accept()?;
        server.send_with_a_silence(b"Server: ", b"Welcome!\n")?;
        server.finish()?;
        client.returns_text("Server: Welcome!\n")?;

        let message = b"Server: Welcome, \xe6\x9d\x8e and \xff!\n";
        for cut in 1..message.len() {
            let client = grader::client(receive)?;
            let (first, rest) = message.split_at(cut);
            client.circumstance(&format!(
                "when the bytes were cut after `{}`",
                visible(first)
            ));
            let mut server = client.accept()?;
            server.send_in_pieces(&[first, rest])?;
            server.finish()?;
            client.returns_text(message)?;
        }
        Ok(())
    }

    #[test]
    fn more_than_the_buffer_holds() -> Outcome {
        let message = "x".repeat(5003);
        let client = client(receive)?;
        let mut server = client.accept()?;
        server.send(message.as_bytes())?;
        server.finish()?;
        client.returns_text(&message)
    }
}
