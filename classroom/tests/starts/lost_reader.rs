//! 8 minutes · chapter 6 · fix the bug
//!
//! Reach: a server that hears every line, also those that came together.
//! Why: a `BufReader` takes out of the socket whatever is there. What it has read ahead is in it alone, and is dropped with it. It's
//! the commonest bug of buffered reading, in every language, and on one machine it hides: there, each line mostly comes by itself.
//!
//! A line that is whole is answered at once. One of more than 1,024 bytes, without its newline, ends the talk, and so does a stream
//! that ends within a line.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
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

const MAX_LINE: u64 = 1024;

/// The next line, without its newline. `None` if the stream has ended after a line.
fn next_line(client: &TcpStream) -> io::Result<Option<Vec<u8>>> {
    // TODO: Two lines have come. Which `BufReader` has the second when the next call begins?
    let mut line = Vec::new();
    let count = BufReader::new(client).take(MAX_LINE + 1).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if count as u64 > MAX_LINE => Err(io::Error::other("a line without end")),
        Some(_) => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Greets each name, until `exit` or the end of the stream.
fn talk(mut client: TcpStream) -> io::Result<()> {
    while let Some(name) = next_line(&client)? {
        if name == b"exit" {
            return client.write_all(b"Good bye!\n");
        }
        client.write_all(&[b"Hello ", &*name, b"!\n"].concat())?;
    }
    Ok(())
}

fn main() {
    grader::by_hand::server(serve);
}

