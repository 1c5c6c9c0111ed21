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

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Talk, server, server_and_accept};

    #[test]
    fn the_next_client_is_served() -> Outcome {
        let server = server(serve)?;
        for name in ["client 1", "client 2"] {
            let mut client = server.client(name)?;
            client.send(b"hello")?;
            client.expect("hello")?;
            client.reset();
        }
        let mut third = server.client("client 3")?;
        third.send(b"Is anybody there?")?;
        third.expect("Is anybody there?")?;
        third.vanish();

        let mut fourth = server.client("client 4")?;
        fourth.send(b"And now?")?;
        fourth.expect("And now?")?;
        fourth.finish()?;
        fourth.expect_end()?;
        server.has_not_panicked()
    }

    #[test]
    fn an_accept_that_fails() -> Outcome {
        let (server, accept) = server_and_accept(serve)?;
        let mut first = server.client("client 1")?;
        first.send(b"hello")?;
        first.expect("hello")?;
        accept.fails()?;
        first.vanish();
        // Where each client has a thread, the server has been waiting in `accept` since before.
        server.client("client 2")?.vanish();
        accept.works_again()?;
        server.plays(&Talk::opened_by("").turn("hello", "hello").ended_by_client())
    }
}
