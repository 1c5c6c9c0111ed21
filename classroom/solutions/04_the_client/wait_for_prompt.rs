//! 15 minutes · chapter 4 · fix the bug
//!
//! Reach: a client that speaks when it has been asked, however the question comes in.
//! Why: the server's turn ends with a question, not with a `recv`. This client takes each `recv` for a whole turn, and answers
//! a welcome, or half a question. Programs that sleep before they read have the same fault, and hide it. Only the whole
//! question counts: a server may ask other things too.

use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::SocketAddr;

const QUESTION: &[u8] = b"Server: What's your name?";

/// Gives what the server said, byte for byte, with a newline after each question. If the server leaves early, it returns then: what
/// has come so far, or an error, as you like.
fn talk(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut heard = Vec::new();
    for answer in ["Michael", "Tracy", "Sarah", "exit"] {
        // What was heard before ends in a newline, so an old question is not taken for a new one.
        while !heard.ends_with(QUESTION) {
            if !hear(&mut socket, &mut heard)? {
                // The server has gone without asking. There is nobody to answer.
                return Ok(heard);
            }
        }
        heard.push(b'\n');
        socket.write_all(answer.as_bytes())?;
    }
    while hear(&mut socket, &mut heard)? {}
    Ok(heard)
}

/// Receives once, and adds what has come. Gives false at the end of the stream.
fn hear(socket: &mut Socket, heard: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 1024];
    let count = socket.read(&mut buffer)?;
    heard.extend_from_slice(&buffer[..count]);
    Ok(count > 0)
}

fn main() {
    grader::by_hand::client(talk);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::chapter_05;
    use grader::{Outcome, client};

    #[test]
    fn whole_turns() -> Outcome {
        chapter_05::transcript(&client(talk)?)
    }

    #[test]
    fn a_server_that_leaves_early() -> Outcome {
        chapter_05::early_end(&client(talk)?)
    }

    #[test]
    fn words_that_are_no_text() -> Outcome {
        chapter_05::words_that_are_no_text(&client(talk)?)
    }

    #[test]
    fn other_questions() -> Outcome {
        chapter_05::other_questions(&client(talk)?)
    }

    #[test]
    fn cut_before_the_question() -> Outcome {
        whole_turns()?;
        chapter_05::before_the_question(&client(talk)?)
    }

    #[test]
    fn cut_within_the_question() -> Outcome {
        whole_turns()?;
        chapter_05::within_the_question(&client(talk)?)
    }

    #[test]
    fn byte_by_byte() -> Outcome {
        whole_turns()?;
        chapter_05::byte_by_byte(&client(talk)?)
    }

    #[test]
    fn held_back() -> Outcome {
        whole_turns()?;
        chapter_05::held_back(&client(talk)?)
    }
}
