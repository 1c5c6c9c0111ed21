//! 10 minutes · chapter 4 · fix the bug
//!
//! Reach: receive all that the server sends, up to the end of the stream, at most 1024 bytes at a time.
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
    // TODO: One read is not everything. Read until nothing comes any more, and join the pieces.
    let count = socket.read(&mut buffer)?;
    Ok(buffer[..count].to_vec())
}

fn main() {
    grader::by_hand::client(receive);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, client, visible};
    use std::time::Duration;

    #[test]
    fn at_once() -> Outcome {
        let client = client(receive)?;
        let mut server = client.accept()?;
        server.send(b"Server: Welcome!\n")?;
        server.finish()?;
        client.returns_text("Server: Welcome!\n")
    }

    #[test]
    fn cut_at_every_byte() -> Outcome {
        let message = "Server: Welcome!\n";
        for cut in 1..message.len() {
            let client = client(receive)?;
            let (first, rest) = message.as_bytes().split_at(cut);
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

    /// A client that takes a shorter silence than this for the end is found out.
    #[test]
    fn the_server_pauses() -> Outcome {
        let client = client(receive)?;
        let mut server = client.accept()?;
        server.send(b"Server: ")?;
        server.pause(Duration::from_millis(1500));
        server.send(b"Welcome!\n")?;
        server.finish()?;
        client.returns_text("Server: Welcome!\n")
    }

    #[test]
    fn more_than_the_buffer_holds() -> Outcome {
        let message = "x".repeat(5000);
        let client = client(receive)?;
        let mut server = client.accept()?;
        server.send(message.as_bytes())?;
        server.finish()?;
        client.returns_text(&message)
    }
}
