//! Connects seven times, one after another, and says nothing: enough to fill the accept
//! queue of a server that listens with a backlog of 5.
//!
//! ```text
//! cargo run --example 02_many_clients [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead};
use std::net::TcpStream;

use anyhow::Context;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();

    let mut streams = Vec::new(); // a stream that isn't kept is closed at once
    for number in 1..=7 {
        let stream = TcpStream::connect(&*address)
            .with_context(|| format!("client {number} can't connect to {address}"))?;
        println!("Client {number} is connected");
        streams.push(stream);
    }

    println!("Press Enter to close.");
    io::stdin().lock().skip_until(b'\n').context("can't wait for Enter")?;
    Ok(())
}
// ANCHOR_END: main
