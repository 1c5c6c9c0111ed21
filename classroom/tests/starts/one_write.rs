//! 8 minutes · chapter 5 · fix the bug
//!
//! Reach: a server whose clients wait microseconds for an answer, not 40 milliseconds.
//! Why: two small writes and then a read is the slow pattern. The kernel holds the second write back until the first has
//! been acknowledged (Nagle's algorithm), and the other side delays its acknowledgement, since it hopes to send it with an answer.

use std::io::{self, Read, Write};
use std::net::TcpListener;

/// Greets one client, until the end of its stream.
fn serve(listener: TcpListener) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            count if &buffer[..count] == b"exit" => {
                return client.write_all(b"Server: Good bye!\n");
            }
            count => answer(&mut client, &buffer[..count])?,
        }
    }
}

/// Says hello and asks for the next name.
fn answer(client: &mut impl Write, name: &[u8]) -> io::Result<()> {
    // TODO: Say both with one call.
    client.write_all(&[b"Server: Hello ", name, b"!\n"].concat())?;
    client.write_all(b"Server: What's your name?")
}

fn main() {
    grader::by_hand::server(serve);
}

