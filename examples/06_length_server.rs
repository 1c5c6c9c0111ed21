//! The same server for messages that begin with their length: four bytes in network byte
//! order, then as many bytes as they say.
//!
//! ```text
//! cargo run --example 06_length_server [HOST:PORT]    (default: 127.0.0.1:6000)
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
/// Greets each name until `exit`, or until the client has finished sending.
fn talk(mut stream: TcpStream) -> io::Result<()> {
    let mut reply = Vec::new();
    add_message(&mut reply, b"Server: Welcome!");
    loop {
        add_message(&mut reply, b"Server: What's your name?");
        stream.write_all(&reply)?;
        reply.clear();

        let Some(name) = receive_message(&mut stream)? else {
            return Ok(()); // the client has finished
        };
        if name == b"exit" {
            add_message(&mut reply, b"Server: Good bye!");
            return stream.write_all(&reply);
        }
        add_message(&mut reply, &[b"Server: Hello ", &*name, b"!"].concat());
    }
}
// ANCHOR_END: talk

// ANCHOR: add_message
/// Adds a message to what is about to be sent: its length, and its bytes.
fn add_message(reply: &mut Vec<u8>, message: &[u8]) {
    let length = message.len() as u32; // a name's limit is far below 4 GiB
    reply.extend_from_slice(&length.to_be_bytes());
    reply.extend_from_slice(message);
}
// ANCHOR_END: add_message

// ANCHOR: receive_message
/// How many bytes a message may have, without its length.
const MAX_MESSAGE: usize = 1024;

/// The next message. `None` if the stream has ended where a message ends.
fn receive_message(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let n = stream.read(&mut length)?;
    if n == 0 {
        return Ok(None);
    }
    // A length can be cut in two as well. `read_exact` reads until the rest is there, and
    // fails with `UnexpectedEof` if the stream ends first.
    stream.read_exact(&mut length[n..])?;
    let length = u32::from_be_bytes(length) as usize;

    // Before any memory is taken: four bytes can announce 4 GiB.
    if length > MAX_MESSAGE {
        let error =
            format!("a message of {length} bytes, and the limit is {MAX_MESSAGE}");
        return Err(io::Error::new(ErrorKind::InvalidData, error));
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    Ok(Some(message))
}
// ANCHOR_END: receive_message
