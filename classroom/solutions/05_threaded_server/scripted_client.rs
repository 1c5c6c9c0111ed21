//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: the client of chapter 5, whole: it gives three names and `exit`, each when it has been asked, and prints what it is told.
//! Why: this is where everything comes together: connect, the loop of `recv`, the end of a turn, which isn't the end of a `recv`, and a
//! server that may leave at any time.
//!
//! It prints what the server says, byte for byte, and a newline after each question, since the server sends none there.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

const QUESTION: &[u8] = b"Server: What's your name?";

/// Talks with the server at `address`: Michael, Tracy, Sarah, `exit`. Prints to `out`.
/// It returns when the server has closed; if that is early, it returns then, with `Ok` or an error, as you like.
fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    let mut answers = ["Michael", "Tracy", "Sarah", "exit"].into_iter();
    // What has come of the server's turn so far.
    let mut turn = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = server.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        out.write_all(&buffer[..count])?;
        turn.extend_from_slice(&buffer[..count]);
        // The turn is over when it ends with the question, however many reads that took.
        if turn.ends_with(QUESTION) {
            writeln!(out)?;
            turn.clear();
            if let Some(answer) = answers.next() {
                server.write_all(answer.as_bytes())?;
            }
        }
    }
}

fn main() {
    grader::by_hand::client(|address| talk(address, &mut io::stdout()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::chapter_05::{self, Pieces};
    use grader::{Client, Outcome};

    fn start() -> Outcome<Client<Vec<u8>>> {
        grader::client(|address| {
            let mut out = Vec::new();
            talk(address, &mut out).map(|()| out)
        })
    }

    #[test]
    fn whole_turns() -> Outcome {
        chapter_05::transcript(&start()?)
    }

    #[test]
    fn a_server_that_leaves_early() -> Outcome {
        chapter_05::early_end(&start()?)
    }

    #[test]
    fn words_that_are_no_text() -> Outcome {
        chapter_05::words_that_are_no_text(&start()?)
    }

    #[test]
    fn other_questions() -> Outcome {
        chapter_05::other_questions(&start()?)
    }

    #[test]
    fn cut_anywhere() -> Outcome {
        whole_turns()?;
        chapter_05::held_back(&start()?)?;
        (1..chapter_05::WELCOME.len())
            .try_for_each(|cut| chapter_05::talk(&start()?, Pieces::At(cut)))
    }

    #[test]
    fn byte_by_byte() -> Outcome {
        whole_turns()?;
        chapter_05::byte_by_byte(&start()?)
    }
}
