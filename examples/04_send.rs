//! Sends a message and looks at how many of its bytes were taken.
//!
//! ```text
//! cargo run --example 04_send [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead, Write};
use std::net::TcpStream;

use anyhow::Context;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let mut stream = TcpStream::connect(&*address)
        .with_context(|| format!("can't connect to {address}"))?;

    // `write` hands bytes to our kernel, and says how many it took. That need not be all
    // (a short write): ours waits for room, but a signal, a time limit or a reset would
    // end the wait. What it did not take is for the next call.
    let mut rest: &[u8] = b"Hello, Mr Right!";
    while !rest.is_empty() {
        let taken =
            stream.write(rest).with_context(|| format!("can't send to {address}"))?;
        println!("Sent {taken} of {} bytes", rest.len());
        rest = &rest[taken..];
    }

    // Taken is not delivered, and delivered is not read.
    println!("Press Enter to close.");
    io::stdin().lock().skip_until(b'\n').context("can't wait for Enter")?;
    Ok(())
}
// ANCHOR_END: main
