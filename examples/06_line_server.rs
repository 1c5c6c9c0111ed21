//! The threaded server, cured: a name is a line, however it arrives. The part of a line that
//! has come is kept until the rest is there.
//!
//! ```text
//! cargo run --example 06_line_server [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::Context;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let listener = TcpListener::bind(&*address)
        .with_context(|| format!("can't listen on {address}"))?;
    let _ = writeln!(io::stderr(), "listening on {}", listener.local_addr()?);
    let _ = writeln!(io::stdout(), "Waiting for connection...");

    loop {
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                let _ = writeln!(io::stderr(), "error: can't accept: {error}");
                thread::sleep(Duration::from_millis(100)); // or it would fill the log
                continue;
            }
        };
        let _ = writeln!(io::stdout(), "Accept new connection from {peer}");
        let spawned = thread::Builder::new().spawn(move || serve_client(stream, peer));
        if let Err(error) = spawned {
            let _ = writeln!(io::stderr(), "error: no thread for {peer}: {error}");
        }
    }
}
// ANCHOR_END: main

// ANCHOR: serve_client
fn serve_client(stream: TcpStream, peer: SocketAddr) {
    if let Err(error) = talk(stream) {
        let _ = writeln!(io::stderr(), "error: connection from {peer}: {error}");
    }
    let _ = writeln!(io::stdout(), "Connection from {peer} is closed");
}
// ANCHOR_END: serve_client

// ANCHOR: talk
/// How many bytes a line may have, without its newline.
const MAX_LINE: usize = 1024;

/// Greets each name until `exit`, or until the client has finished sending.
fn talk(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(b"Server: Welcome!\nServer: What's your name?\n")?;

    let mut received = Vec::new(); // and not yet answered: less than a line, between reads
    let mut buffer = [0; 1024];
    let mut reply = Vec::new();
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 && received.is_empty() {
            return Ok(()); // the client has finished
        }
        if n == 0 {
            let error = "the stream ended in the middle of a line";
            return Err(io::Error::new(ErrorKind::UnexpectedEof, error));
        }
        received.extend_from_slice(&buffer[..n]);
        // ANCHOR_END: talk

        // ANCHOR: lines
        reply.clear();
        loop {
            let newline = received.iter().position(|byte| *byte == b'\n');
            // The line so far, or the whole line: the limit is the same, however it was cut.
            if newline.unwrap_or(received.len()) > MAX_LINE {
                reply.extend_from_slice(b"Server: That name is too long.\n");
                return stream.write_all(&reply);
            }
            let Some(newline) = newline else { break };
            let line: Vec<u8> = received.drain(..=newline).collect();
            let name = &line[..newline];
            let name = name.strip_suffix(b"\r").unwrap_or(name);
            if name == b"exit" {
                reply.extend_from_slice(b"Server: Good bye!\n");
                return stream.write_all(&reply);
            }
            if !name.is_empty() {
                reply.extend_from_slice(&[b"Server: Hello ", name, b"!\n"].concat());
            }
            reply.extend_from_slice(b"Server: What's your name?\n");
        }
        stream.write_all(&reply)?; // if it's empty, this makes no call
    }
}
// ANCHOR_END: lines
