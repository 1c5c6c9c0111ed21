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

/// Greets each name, until a line that is `exit`, or the end of the stream.
fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        // TODO: What has come may be less than a line, or more. Greet line by line.
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        let line = &buffer[..count];
        let name = line.strip_suffix(b"\n").unwrap_or(line);
        if name == b"exit" {
            return client.write_all(b"Good bye!\n");
        }
        client.write_all(&[b"Hello ", name, b"!\n"].concat())?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

