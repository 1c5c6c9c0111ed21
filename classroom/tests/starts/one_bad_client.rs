//! 12 minutes · chapter 3 · fix the bug
//!
//! Reach: a server that goes on when one client's connection breaks.
//! Why: a `?` in the wrong place hands one client's error to the whole server. It then ends for all clients, because one of them
//! was reset.

use socket2::Socket;
use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

/// Serves clients one after another, without end. A client's error is that client's alone.
fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        // TODO: Whose error does this `?` return, and from where?
        talk(&mut client)?;
    }
}

/// Gives each thing back that the client says, until it finishes.
fn talk(client: &mut Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            count => client.write_all(&buffer[..count])?,
        }
    }
}

fn main() {
    grader::by_hand::server(serve);
}

