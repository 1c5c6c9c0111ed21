//! The line server again, with what the standard library has for lines: `BufReader` and
//! `BufWriter`.
//!
//! ```text
//! cargo run --example 06_buffered [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
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
fn talk(stream: TcpStream) -> io::Result<()> {
    // One of each for the whole connection: they hold bytes that nobody else has.
    let mut reader = BufReader::new(&stream);
    let mut writer = BufWriter::new(&stream);
    writer.write_all(b"Server: Welcome!\nServer: What's your name?\n")?;
    let mut line = Vec::new();
    loop {
        // Unless another whole line is there already: its answer can leave with this one.
        if !reader.buffer().contains(&b'\n') {
            writer.flush()?;
        }
        line.clear();
        // The limit: a line, its newline, and not a byte more.
        let mut limited = (&mut reader).take(MAX_LINE as u64 + 1);
        let n = limited.read_until(b'\n', &mut line)?;
        if n == 0 {
            return Ok(()); // the client has finished
        }
        // ANCHOR_END: talk

        // ANCHOR: answer
        let Some(name) = line.strip_suffix(b"\n") else {
            if n > MAX_LINE {
                writer.write_all(b"Server: That name is too long.\n")?;
                return writer.flush();
            }
            let error = "the stream ended in the middle of a line";
            return Err(io::Error::new(ErrorKind::UnexpectedEof, error));
        };
        let name = name.strip_suffix(b"\r").unwrap_or(name);
        if name == b"exit" {
            writer.write_all(b"Server: Good bye!\n")?;
            return writer.flush();
        }
        if !name.is_empty() {
            writer.write_all(&[b"Server: Hello ", name, b"!\n"].concat())?;
        }
        writer.write_all(b"Server: What's your name?\n")?;
    }
}
// ANCHOR_END: answer
