//! Receives until the server has nothing more to say, and shows each piece as it came.
//!
//! ```text
//! cargo run --example 04_recv_loop [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

use anyhow::Context;

// ANCHOR: receive
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let mut stream = TcpStream::connect(&*address)
        .with_context(|| format!("can't connect to {address}"))?;

    let mut received = Vec::new();
    let mut answered = false;
    let mut buffer = [0; 1024];
    loop {
        // Blocks until something has come; returns at most 1024 bytes of it, and 0 once
        // the server has closed.
        let n = stream
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {address}"))?;
        if n == 0 {
            break;
        }
        let piece = &buffer[..n];
        println!("Received {n} bytes: {:?}", String::from_utf8_lossy(piece));
        received.extend_from_slice(piece);
        // ANCHOR_END: receive

        // ANCHOR: answer
        // The question may come in two pieces, or after other words. So look at the end
        // of all that has come.
        if !answered && received.ends_with(b"Server: What's your name?") {
            stream
                .write_all(b"Mr Right")
                .with_context(|| format!("can't send to {address}"))?;
            // We have nothing more to say, and still read: a half-close.
            stream
                .shutdown(Shutdown::Write)
                .with_context(|| format!("can't finish sending to {address}"))?;
            println!("Sent our name, and closed our direction");
            answered = true;
        }
    }

    println!("Received 0 bytes: the server has closed. All {} bytes:", received.len());
    io::stdout().write_all(&received)?;
    Ok(())
}
// ANCHOR_END: answer
