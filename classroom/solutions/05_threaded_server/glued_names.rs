//! 20 minutes · chapter 5 · fix the bug
//!
//! Reach: a server that finds the names in the stream, wherever the stream is cut.
//! Why: TCP carries bytes, not messages. What was sent with three calls may come with one, and what was sent with one may come
//! with three. A protocol says where a message ends; here it is the newline. Both halves count: a part of a name, and the first
//! bytes of the next.
//!
//! The lines that are complete are answered at once, all with one write; what comes after them is kept until its newline comes. A
//! line is at most 1,024 bytes long, with its newline. A client whose line is longer gets no answer to it: the server closes the
//! connection, so that nobody can fill its memory.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

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

/// The longest line, with its newline.
const LONGEST: usize = 1024;

/// Greets each name, until a line that is `exit`, or the end of the stream.
fn talk(mut client: TcpStream) -> io::Result<()> {
    // The beginning of a line whose newline has not come yet.
    let mut kept = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        // What is kept then is no name: the client did not finish its line.
        if count == 0 {
            return Ok(());
        }
        let came = [&kept[..], &buffer[..count]].concat();
        kept.clear();
        let mut reply = Vec::new();
        for line in came.split_inclusive(|&byte| byte == b'\n') {
            if line.len() > LONGEST {
                return Err(io::Error::other("a line of more than 1,024 bytes"));
            }
            match line.strip_suffix(b"\n") {
                Some(b"exit") => {
                    reply.extend_from_slice(b"Good bye!\n");
                    return client.write_all(&reply);
                }
                Some(name) => {
                    reply.extend_from_slice(&[b"Hello ", name, b"!\n"].concat());
                }
                None => kept.extend_from_slice(line),
            }
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
    use grader::{Outcome, Talk, server};

    fn three_names() -> Talk {
        Talk::opened_by("")
            .turn("Michael\n", "Hello Michael!\n")
            .turn("Tracy\n", "Hello Tracy!\n")
            .turn(b"\xff\n", b"Hello \xff!\n")
            .turn("exit\n", "Good bye!\n")
    }

    #[test]
    fn one_line_at_a_time() -> Outcome {
        server(serve)?.plays(&three_names())
    }

    #[test]
    fn in_pieces() -> Outcome {
        let server = server(serve)?;
        server.plays(&three_names())?;
        server.plays_in_pieces(&three_names())
    }

    #[test]
    fn glued_together() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a hasty client")?;
        client.expect_in_one_piece(b"Ann\nBen\n", b"Hello Ann!\nHello Ben!\n")?;
        client.send(b"Michael\nTracy\nexit\n")?;
        client.expect("Hello Michael!\nHello Tracy!\nGood bye!\n")?;
        client.expect_end()
    }

    #[test]
    fn names_with_spaces_and_exit() -> Outcome {
        let talk = Talk::opened_by("")
            .turn(" exit\n", "Hello  exit!\n")
            .turn("exit now \n", "Hello exit now !\n")
            .ended_by_client();
        let server = server(serve)?;
        server.plays(&talk)?;
        server.plays_in_pieces(&talk)
    }

    #[test]
    fn a_line_that_never_ends() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client that leaves within a name")?;
        client.send(b"Michael\nTra")?;
        client.expect("Hello Michael!\n")?;
        client.finish()?;
        client.expect_end()?;
        let mut client = server.client("a client with an endless name")?;
        client.send("x".repeat(1500).as_bytes())?;
        client.expect_closed()
    }

    #[test]
    fn many_short_lines() -> Outcome {
        let server = server(serve)?;
        let mut client = server.client("a client with many names")?;
        client.send("Sarah\n".repeat(500).as_bytes())?;
        client.expect("Hello Sarah!\n".repeat(500))?;

        // Only a line has a bound, not what one read and what was kept come to.
        let name = "x".repeat(1000);
        client
            .send_in_pieces(&[name.clone(), "\n".to_owned() + &"Sarah\n".repeat(200)])?;
        client.expect(format!("Hello {name}!\n") + &"Hello Sarah!\n".repeat(200))
    }

    #[test]
    fn a_line_of_1024_bytes() -> Outcome {
        let name = "x".repeat(1023);
        let talk = Talk::opened_by("")
            .turn(format!("{name}\n"), format!("Hello {name}!\n"))
            .turn("Michael\n", "Hello Michael!\n");
        server(serve)?.plays(&talk.ended_by_client())
    }

    #[test]
    fn a_line_that_is_too_long() -> Outcome {
        let server = server(serve)?;
        for length in [1024, 1_000_000] {
            let mut client = server.client("a client with an endless name")?;
            client.send(format!("{}\n", "x".repeat(length)).as_bytes())?;
            client.expect_closed()?;
        }
        Ok(())
    }
}
