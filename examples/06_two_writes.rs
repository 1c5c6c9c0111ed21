//! A line server for one client, with a fault: it sends each turn in two small writes.
//!
//! ```text
//! cargo run --example 06_two_writes [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use anyhow::Context;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let listener = TcpListener::bind(&*address)
        .with_context(|| format!("can't listen on {address}"))?;
    eprintln!("listening on {}", listener.local_addr()?);

    let (stream, _) = listener.accept().context("can't accept")?;
    let mut writer = &stream;
    writer.write_all(b"Server: Welcome!\nServer: What's your name?\n")?;
    for line in BufReader::new(&stream).split(b'\n') {
        let name = line.context("can't receive")?;
        if name == b"exit" {
            writer.write_all(b"Server: Good bye!\n")?;
            break;
        }
        writer.write_all(&[b"Server: Hello ", &*name, b"!\n"].concat())?;
        writer.write_all(b"Server: What's your name?\n")?;
    }
    Ok(())
}
// ANCHOR_END: main
