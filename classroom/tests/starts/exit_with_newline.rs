//! 10 minutes · chapter 3 · fix the bug
//!
//! Reach: a client at a terminal can leave.
//! Why: someone who types `exit` and presses Enter sends five bytes, or six on some systems: the end of the line is sent too. A
//! server that compares with the four letters says "Hello exit" to somebody who wants to go home.

use socket2::Socket;
use std::io::{self, Read, Write};

/// Talks with one client, whose names and whose `exit` may end in `\n` or `\r\n`.
fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        // TODO: Take the line's end off, if there is one.
        let name = &buffer[..count];
        if name == b"exit" {
            return client.write_all(b"Server: Good bye!\n");
        }
        client.write_all(
            &[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat(),
        )?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

