//! 10 minutes · chapter 6 · fix the bug
//!
//! Reach: a line server that refuses a line that is too long, however it comes.
//! Why: a client that never sends a newline fills the memory of a server that waits for one, byte by byte. So a limit belongs to
//! every protocol, and it must be the same wherever the line is cut: else a name passes today and fails tomorrow.
//!
//! A line has at most 1,024 bytes, without its newline. As soon as one is longer, the server answers what came before it, says
//! `Server: That name is too long.` and a newline, and closes. It doesn't wait for the line's end.

use std::io::{self, Read, Write};
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

/// Greets each name until `exit`, or until the client has finished sending.
fn talk(mut client: TcpStream) -> io::Result<()> {
    client.write_all(b"Server: Welcome!\nServer: What's your name?\n")?;
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = client.read(&mut buffer)?;
        // What is left in `received` is no name: its line has no end.
        if count == 0 {
            return Ok(());
        }
        received.extend_from_slice(&buffer[..count]);
        let mut reply = Vec::new();
        // TODO: Refuse a line of more than 1,024 bytes, whether its newline has come or not.
        while let Some(newline) = received.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = received.drain(..=newline).collect();
            let name = &line[..newline];
            let name = name.strip_suffix(b"\r").unwrap_or(name);
            if name == b"exit" {
                reply.extend_from_slice(b"Server: Good bye!\n");
                return client.write_all(&reply);
            }
            if !name.is_empty() {
                reply.extend_from_slice(&[b"Server: Hello ", name, b"!\n"].concat());
            }
            reply.extend_from_slice(b"Server: What's your name?\n");
        }
        client.write_all(&reply)?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

