//! Welcomes one client, asks its name, greets it, and hangs up.
//!
//! ```text
//! cargo run --example 03_talk [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use anyhow::Context;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let listener = TcpListener::bind(&*address)
        .with_context(|| format!("can't listen on {address}"))?;
    eprintln!("listening on {}", listener.local_addr()?);

    println!("Waiting for connection...");
    let (connection, peer) = listener.accept().context("can't accept")?;
    println!("Accept new connection from {peer}");

    talk(connection).with_context(|| format!("can't talk with {peer}"))?;
    println!("Connection from {peer} is closed");
    Ok(())
}
// ANCHOR_END: main

// ANCHOR: talk
fn talk(mut connection: TcpStream) -> io::Result<()> {
    // `write_all` calls `send` until every byte is taken, since one call need not take
    // all.
    connection.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    // Blocks until something has come, and returns what is there: at least 1 byte, at
    // most 1024.
    let mut buffer = [0; 1024];
    let n = connection.read(&mut buffer)?;
    if n == 0 {
        return Ok(()); // the client has finished, without a word
    }

    // Anyone typing a name ends it with Enter. It stays bytes, for nothing says that it
    // is UTF-8.
    let name = buffer[..n].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = name.strip_suffix(b"\r").unwrap_or(name);
    connection.write_all(&[b"Server: Hello ", name, b"!\n"].concat())
} // `connection` is dropped here, and so closed
// ANCHOR_END: talk
