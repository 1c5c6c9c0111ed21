//! 10 minutes · chapter 6 · fix the bug
//!
//! Reach: a line server that refuses a line that is too long, however it comes.
//! Why: a client that never sends a newline fills the memory of a server that waits for one, byte by byte. So a limit belongs to
//! every protocol, and it must be the same wherever the line is cut: else a name passes today and fails tomorrow.
//!
//! A line has at most 1,024 bytes, without its newline. As soon as one is longer, the server answers what came before it, says
//! `Server: That name is too long.` and a newline, and closes. It doesn't wait for the line's end.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Serves all clients at once, without end.
fn serve(listener: TcpListener) {
    loop {
        let (client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let talk = || {
            if let Err(error) = talk(client) {
                eprintln!("error: talking with a client: {error}");
            }
        };
        if let Err(error) = thread::Builder::new().spawn(talk) {
            eprintln!("error: no thread for a client: {error}");
        }
    }
}

/// How many bytes a line may have, without its newline.
const MAX_LINE: usize = 1024;

/// Greets each name until `exit`, or until the client has finished sending.
fn talk(mut client: TcpStream) -> io::Result<()> {
    client.write_all(b"Server: Welcome!\nServer: What's your name?\n")?;
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = client.read(&mut buffer)?;
        // What is left in `received` is no name: its line has no end.
        if count == 0 {
            return Ok(());
        }
        received.extend_from_slice(&buffer[..count]);
        let mut reply = Vec::new();
        loop {
            let newline = received.iter().position(|&byte| byte == b'\n');
            // One question for both: the line, or as much of it as has come.
            if newline.unwrap_or(received.len()) > MAX_LINE {
                reply.extend_from_slice(b"Server: That name is too long.\n");
                return client.write_all(&reply);
            }
            let Some(newline) = newline else { break };
            let line: Vec<u8> = received.drain(..=newline).collect();
            let name = &line[..newline];
            let name = name.strip_suffix(b"\r").unwrap_or(name);
            if name == b"exit" {
                reply.extend_from_slice(b"Server: Good bye!\n");
                return client.write_all(&reply);
            }
            if !name.is_empty() {
                reply.extend_from_slice(&[b"Server: Hello ", name, b"!\n"].concat());
            }
            reply.extend_from_slice(b"Server: What's your name?\n");
        }
        client.write_all(&reply)?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, chapter_06, server};

    #[test]
    fn the_conversation() -> Outcome {
        let server = server(serve)?;
        chapter_06::conversation(&server)?;
        chapter_06::cut_anywhere(&server)?;
        chapter_06::line_ends(&server)
    }

    #[test]
    fn the_longest_line() -> Outcome {
        chapter_06::longest_line(&server(serve)?)
    }

    #[test]
    fn a_line_that_is_too_long() -> Outcome {
        chapter_06::line_too_long(&server(serve)?)
    }

    #[test]
    fn a_line_that_never_ends() -> Outcome {
        chapter_06::endless_line(&server(serve)?)
    }

    /// Together they are longer than a line may be.
    #[test]
    fn many_short_lines() -> Outcome {
        chapter_06::many_lines_at_once(&server(serve)?)
    }

    #[test]
    fn a_line_without_its_end() -> Outcome {
        chapter_06::unfinished_line(&server(serve)?)
    }

    #[test]
    fn one_write_a_turn() -> Outcome {
        chapter_06::one_write_a_turn(&server(serve)?)
    }
}
