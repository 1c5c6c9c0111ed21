//! 12 minutes · chapter 3 · fix the bug
//!
//! Reach: a server that goes on when one guest's connection breaks.
//! Why: a `?` in the wrong place hands one guest's error to the whole server. It then ends for all guests, because one of them
//! was reset.

use socket2::Socket;
use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

/// Serves guests one after another, without end. A guest's error is that guest's alone: a line on standard error.
fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut guest, address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        // The connection ends here, the loop does not.
        if let Err(error) = talk(&mut guest) {
            eprintln!("error: talking with {:?}: {error}", address.as_socket());
        }
    }
}

/// Gives each thing back that the guest says, until it finishes.
fn talk(guest: &mut Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match guest.read(&mut buffer)? {
            0 => return Ok(()),
            count => guest.write_all(&buffer[..count])?,
        }
    }
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Graded, server};

    #[test]
    fn the_next_guest_is_served() -> Graded {
        let server = server(serve)?;
        let mut first = server.guest("guest 1")?;
        first.send(b"hello")?;
        first.expect("hello")?;
        first.reset();

        let mut second = server.guest("guest 2")?;
        second.send(b"Is anybody there?")?;
        second.expect("Is anybody there?")?;
        second.finish()?;
        second.expect_end()
    }
}
