//! The whole server, on `std::net`: a thread for each client, so that nobody waits for
//! anybody.
//!
//! ```text
//! cargo run --example 05_threaded_server [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::Context;

// ANCHOR: listen
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();

    // Create, bind, listen in one call. On Unix it sets SO_REUSEADDR as well.
    let listener = TcpListener::bind(&*address)
        .with_context(|| format!("can't listen on {address}"))?;
    // `let _`: a log that was closed is no reason to stop serving. (One that stands still,
    // a terminal after Ctrl-S or a full pipe, stops us all the same: `writeln!` waits.)
    let _ = writeln!(io::stderr(), "listening on {}", listener.local_addr()?);
    let _ = writeln!(io::stdout(), "Waiting for connection...");
    // ANCHOR_END: listen

    // ANCHOR: serve
    loop {
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                let _ = writeln!(io::stderr(), "error: can't accept: {error}");
                // Most likely this process has as many files open as it may. Then the
                // next call would fail at once as well: let some client leave first.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let _ = writeln!(io::stdout(), "Accept new connection from {peer}");

        // Nothing bounds the number of clients but the machine. If it refuses a thread
        // (`thread::spawn` would panic), the stream is dropped, and so closed.
        let spawned = thread::Builder::new().spawn(move || serve_client(stream, peer));
        if let Err(error) = spawned {
            let _ = writeln!(io::stderr(), "error: no thread for {peer}: {error}");
        }
    }
}
// ANCHOR_END: serve

// ANCHOR: serve_client
/// Runs in the client's own thread. Its errors end here: no other client hears of them.
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
    stream.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    let mut reply = Vec::new();
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Ok(()); // the client has finished
        }
        // ANCHOR_END: talk

        // ANCHOR: reply
        // One `read` is not one message: several lines may have come together. The reply
        // to all of them, with the next question, leaves in one piece: two small writes
        // before a read can cost some 40 ms a turn on Linux.
        reply.clear();
        for line in buffer[..n].split_inclusive(|byte| *byte == b'\n') {
            let name = line.strip_suffix(b"\n").unwrap_or(line);
            let name = name.strip_suffix(b"\r").unwrap_or(name);
            if name == b"exit" {
                // Should the client have sent more than this buffer took, the close that
                // follows is a reset, and may destroy the goodbye.
                reply.extend_from_slice(b"Server: Good bye!\n");
                return stream.write_all(&reply);
            }
            if !name.is_empty() {
                reply.extend_from_slice(&[b"Server: Hello ", name, b"!\n"].concat());
            }
            reply.extend_from_slice(b"Server: What's your name?");
        }
        stream.write_all(&reply)?;
    }
} // however it ends, `stream` is dropped here, and so closed
// ANCHOR_END: reply
