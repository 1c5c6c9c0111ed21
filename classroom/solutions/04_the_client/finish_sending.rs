//! 10 minutes · chapter 4 · fix the bug
//!
//! Reach: tell the server that you have finished, and still hear its answer.
//! Why: a server that reads to the end answers only then. A client that waits for the answer before it has ended its stream
//! waits for a server that waits for it. Closing would end both directions; half-close ends one.

use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};

/// Sends a text to a server that counts letters, and gives the server's answer.
fn count_letters(address: SocketAddr) -> io::Result<String> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.write_all(b"Hello, Mr Right!")?;
    // It sends a FIN after the last byte: the server's `recv` returns 0. The other direction stays open.
    socket.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    Ok(answer)
}

fn main() {
    grader::by_hand::client(count_letters);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, client};

    #[test]
    fn the_server_hears_the_end_and_answers() -> Outcome {
        answers(&["12 letters\n"])?;
        answers(&["12 ", "letters\n"])?;
        answers(&["12 letters and", " a comma\n"])
    }

    /// The server's answer comes in these pieces.
    fn answers(pieces: &[&str]) -> Outcome {
        let client = client(count_letters)?;
        let mut server = client.accept()?;
        server.expect("Hello, Mr Right!")?;
        server.expect_finish()?;
        server.send_in_pieces(pieces)?;
        server.finish()?;
        client.returns_text(pieces.concat())
    }
}
