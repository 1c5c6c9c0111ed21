//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: the server of chapter 5, whole, and every rude client survived.
//! Why: you have mended each of its faults one by one. Now they must all be absent at once, as they have to be in any server
//! that is open to others.
//!
//! It says `Server: Welcome!` and a newline, then asks `Server: What's your name?` without one. To a name it says
//! `Server: Hello NAME!` and a newline and asks again, in one call; to `exit` it says `Server: Good bye!` and a newline, and closes.
//! What one read gives is one name, or several lines, the last of them perhaps without its end: it is a name as it is. A line's
//! end, `\n` or `\r\n`, belongs to no name; spaces do, and so does `exit` with anything beside it. To an empty line it only asks
//! again. Names are bytes. The end of the stream ends the talk quietly.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

/// Serves all clients at once, without end. A client's error ends that client's talk, with a line on standard error.
fn serve(listener: TcpListener) {
    loop {
        let (client, address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let talk = move || {
            if let Err(error) = talk(client) {
                eprintln!("error: talking with {address}: {error}");
            }
        };
        if let Err(error) = thread::Builder::new().spawn(talk) {
            eprintln!("error: no thread for {address}: {error}");
        }
    }
}

fn talk(mut client: TcpStream) -> io::Result<()> {
    client.write_all(&[b"Server: Welcome!\n", QUESTION].concat())?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        // All that is to be said to what has come, in one call.
        let mut reply = Vec::new();
        for name in lines(&buffer[..count]) {
            if name == b"exit" {
                reply.extend_from_slice(b"Server: Good bye!\n");
                return client.write_all(&reply);
            }
            if !name.is_empty() {
                reply.extend_from_slice(&[b"Server: Hello ", name, b"!\n"].concat());
            }
            reply.extend_from_slice(QUESTION);
        }
        client.write_all(&reply)?;
    }
}

/// The lines of what one read gave, without their ends. The last may have none: a program sends names without newlines.
/// That is a rule for this conversation only. It can't tell a name from a part of one, which is why protocols have an
/// end for each message.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').map(|line| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    })
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, chapter_05, server};

    #[test]
    fn the_conversation() -> Outcome {
        chapter_05::conversation(&server(serve)?)
    }

    #[test]
    fn a_newline_before_exit() -> Outcome {
        let server = server(serve)?;
        server.part(|server| {
            let mut client = server.client("a client at a terminal")?;
            client.expect_only(chapter_05::WELCOME)?;
            client.send(b"Michael\n")?;
            client.expect_only(chapter_05::hello("Michael"))?;
            client.send(b"\n")?;
            client.expect_only("Server: What's your name?")
        })?;
        chapter_05::newline_before_exit(&server)
    }

    #[test]
    fn spaces_and_exit_in_names() -> Outcome {
        let server = server(serve)?;
        chapter_05::spaces_in_names(&server)?;
        chapter_05::exit_in_names(&server)
    }

    #[test]
    fn the_end_of_the_stream() -> Outcome {
        chapter_05::end_of_stream(&server(serve)?)
    }

    #[test]
    fn clients_that_vanish_or_reset() -> Outcome {
        let server = server(serve)?;
        chapter_05::vanishing_clients(&server)?;
        chapter_05::resetting_clients(&server)
    }

    #[test]
    fn glued_names_and_bytes_that_are_no_text() -> Outcome {
        let server = server(serve)?;
        chapter_05::conversation(&server)?;
        chapter_05::bytes_that_are_no_text(&server)?;
        chapter_05::glued_names(&server)?;
        chapter_05::cut_anywhere(&server)
    }

    #[test]
    fn ten_clients_at_once() -> Outcome {
        chapter_05::ten_at_once(&server(serve)?)
    }

    #[test]
    fn one_write_and_no_stall() -> Outcome {
        let server = server(serve)?;
        chapter_05::one_write_a_turn(&server)?;
        chapter_05::round_trips(&server)
    }
}
