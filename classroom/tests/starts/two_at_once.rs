//! 8 minutes · chapter 5 · fix the bug
//!
//! Reach: a server that talks with all its clients at once, two or fifty.
//! Why: with one clerk in the parcel station, everybody waits for the customer who can't find the address. A thread for
//! each client is a clerk for each customer.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Gives every client back what it says.
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
        // TODO: While this talk goes on, nobody else is accepted. Give it a thread of its own.
        talk(client);
    }
}

fn talk(mut client: TcpStream) {
    if let Err(error) = echo(&mut client) {
        eprintln!("error: talking with a client: {error}");
    }
}

fn echo(client: &mut TcpStream) -> io::Result<()> {
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

