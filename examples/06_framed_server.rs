//! The server once more, on the framing crate: one talk, for lines and for lengths.
//!
//! ```text
//! cargo run --example 06_framed_server [HOST:PORT [lines|lengths]]
//!     (default: 127.0.0.1:6000 lines)
//! ```

use std::env;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use framing::{Error, Framing, Lengths, Lines, MessageReader, MessageWriter};

// ANCHOR: main
/// How many bytes a name may have.
const LIMIT: usize = 1024;

fn main() -> anyhow::Result<()> {
    let mut arguments =
        env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned());
    let address = arguments.next().unwrap_or("127.0.0.1:6000".into());
    let in_lines = match arguments.next().as_deref() {
        None | Some("lines") => true,
        Some("lengths") => false,
        Some(other) => bail!("{other:?} is neither `lines` nor `lengths`"),
    };
    let listener = TcpListener::bind(&address)
        .with_context(|| format!("can't listen on {address}"))?;
    let _ = writeln!(io::stderr(), "listening on {}", listener.local_addr()?);
    let _ = writeln!(io::stdout(), "Waiting for connection...");
    // ANCHOR_END: main

    // ANCHOR: serve
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
        let spawned =
            thread::Builder::new().spawn(move || serve_client(stream, peer, in_lines));
        if let Err(error) = spawned {
            let _ = writeln!(io::stderr(), "error: no thread for {peer}: {error}");
        }
    }
}
// ANCHOR_END: serve

// ANCHOR: serve_client
fn serve_client(stream: TcpStream, peer: SocketAddr, in_lines: bool) {
    let talked = match in_lines {
        true => talk(stream, Lines),
        false => talk(stream, Lengths),
    };
    if let Err(error) = talked {
        let _ = writeln!(io::stderr(), "error: connection from {peer}: {error}");
    }
    let _ = writeln!(io::stdout(), "Connection from {peer} is closed");
}
// ANCHOR_END: serve_client

// ANCHOR: talk
/// Greets each name until `exit`, or until the client has finished sending.
fn talk(stream: TcpStream, framing: impl Framing + Copy) -> Result<(), Error> {
    let mut reader = MessageReader::new(&stream, framing, LIMIT);
    let mut writer = MessageWriter::new(&stream, framing);
    writer.add(b"Server: Welcome!")?;
    loop {
        writer.add(b"Server: What's your name?")?;
        let mut name = reader.message_at_hand();
        if let Ok(None) = name {
            // All that has come is answered: send that, and wait for more.
            writer.send()?;
            name = reader.next_message();
        }
        // ANCHOR_END: talk

        // ANCHOR: answer
        match name {
            Ok(Some(name)) if name == b"exit" => {
                writer.add(b"Server: Good bye!")?;
                return writer.send();
            }
            Ok(Some(name)) if name.is_empty() => {} // only ask again
            Ok(Some(name)) => writer.add(&[b"Server: Hello ", &*name, b"!"].concat())?,
            Ok(None) => return Ok(()), // the client has finished
            Err(Error::TooLong { .. }) => {
                writer.add(b"Server: That name is too long.")?;
                return writer.send();
            }
            Err(error) => return Err(error),
        }
    }
}
// ANCHOR_END: answer
