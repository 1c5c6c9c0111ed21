//! Prints what one client says first, and answers it as a web server would: a browser can
//! be that client.
//!
//! ```text
//! cargo run --example 03_browser [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, Read, Write};
use std::net::TcpListener;

use anyhow::Context;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let listener = TcpListener::bind(&*address)
        .with_context(|| format!("can't listen on {address}"))?;
    eprintln!("listening on {}", listener.local_addr()?);

    let (mut connection, peer) = listener.accept().context("can't accept")?;
    let mut buffer = [0; 4096];
    let n = connection
        .read(&mut buffer)
        .with_context(|| format!("can't receive from {peer}"))?;
    io::stdout().write_all(&buffer[..n]).context("can't print")?;

    // HTTP/1.0: first some lines about the page, then an empty line, then the page. It ends
    // when the connection does.
    let page = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nHello, browser!\n";
    connection.write_all(page).with_context(|| format!("can't send to {peer}"))
} // `connection` is dropped here, and so closed
// ANCHOR_END: main
