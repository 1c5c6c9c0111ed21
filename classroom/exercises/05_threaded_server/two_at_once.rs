//! 8 minutes · chapter 5 · fix the bug
//!
//! Reach: a server that talks with all its guests at once, two or fifty.
//! Why: with one clerk in the parcel station, everybody queues behind the customer who can't find the address. A thread for
//! each guest is a clerk for each customer.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Gives every guest back what it says.
fn serve(listener: TcpListener) {
    loop {
        let (guest, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        // TODO: While this talk goes on, nobody else is accepted. Give it a thread of its own.
        talk(guest);
    }
}

fn talk(mut guest: TcpStream) {
    if let Err(error) = echo(&mut guest) {
        eprintln!("error: talking with a guest: {error}");
    }
}

fn echo(guest: &mut TcpStream) -> io::Result<()> {
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
    fn fifty_guests_need_not_wait() -> Graded {
        let server = server(serve)?;
        let mut guests = Vec::new();
        for number in 1..=50 {
            let mut guest = server.guest(&format!("guest {number}"))?;
            guest.send(b"Let me think")?;
            guest.expect("Let me think")?;
            guests.push(guest);
        }
        Ok(())
    }

    #[test]
    fn the_second_guest_need_not_wait() -> Graded {
        let server = server(serve)?;
        let mut first = server.guest("guest 1")?;
        first.send(b"Let me think")?;
        first.expect("Let me think")?;

        let mut second = server.guest("guest 2")?;
        second.send(b"I know")?;
        second.expect("I know")?;
        second.finish()?;
        second.expect_end()?;

        first.send(b"Now I know too")?;
        first.expect("Now I know too")
    }
}
