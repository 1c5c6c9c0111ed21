//! The whole server for one client at a time: talks until `exit`, closes, and waits for
//! the next.
//!
//! ```text
//! cargo run --example 03_close [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

// ANCHOR: listen
fn main() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let wanted = wanted.to_string_lossy();
    let address = wanted
        .to_socket_addrs()
        .with_context(|| format!("can't bind to {wanted}"))?
        .next()
        .with_context(|| format!("can't bind to {wanted}: the name has no address"))?;

    let listener =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
            .context("can't create a socket")?;
    #[cfg(unix)]
    listener.set_reuse_address(true)?; // the next server gets the port at once
    listener.bind(&address.into()).with_context(|| format!("can't bind to {address}"))?;
    listener.listen(5).with_context(|| format!("can't listen on {address}"))?;
    let listener = TcpListener::from(listener);
    // ANCHOR_END: listen

    // ANCHOR: serve
    // `let _`: a log that was closed is no reason to stop serving. (One that stands still,
    // a terminal after Ctrl-S or a full pipe, stops us all the same: `writeln!` waits.)
    let _ = writeln!(io::stderr(), "listening on {}", listener.local_addr()?);
    loop {
        let _ = writeln!(io::stdout(), "Waiting for connection...");
        let (connection, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                let _ = writeln!(io::stderr(), "error: can't accept: {error}");
                thread::sleep(Duration::from_millis(100)); // or it would fill the log
                continue; // whatever it was, there will be another client
            }
        };
        let _ = writeln!(io::stdout(), "Accept new connection from {peer}");

        if let Err(error) = talk(connection) {
            let _ = writeln!(io::stderr(), "error: connection from {peer}: {error}");
        }
        let _ = writeln!(io::stdout(), "Connection from {peer} is closed");
    }
}
// ANCHOR_END: serve

// ANCHOR: talk
/// Greets each name until `exit`, or until the client has finished sending.
fn talk(mut connection: TcpStream) -> io::Result<()> {
    connection.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    let mut reply = Vec::new();
    loop {
        let n = connection.read(&mut buffer)?;
        if n == 0 {
            return Ok(()); // the client has finished
        }
        // ANCHOR_END: talk

        // ANCHOR: reply
        // One `read` is not one message: several lines may have come together. The reply
        // to all of them, with the next question, leaves in one piece.
        reply.clear();
        for line in buffer[..n].split_inclusive(|byte| *byte == b'\n') {
            let name = line.strip_suffix(b"\n").unwrap_or(line);
            let name = name.strip_suffix(b"\r").unwrap_or(name);
            if name == b"exit" {
                // Should the client have sent more than this buffer took, the close that
                // follows is a reset, and may destroy the goodbye.
                reply.extend_from_slice(b"Server: Good bye!\n");
                return connection.write_all(&reply);
            }
            if !name.is_empty() {
                reply.extend_from_slice(&[b"Server: Hello ", name, b"!\n"].concat());
            }
            reply.extend_from_slice(b"Server: What's your name?");
        }
        connection.write_all(&reply)?;
    }
} // however it ends, `connection` is dropped here, and so closed
// ANCHOR_END: reply
