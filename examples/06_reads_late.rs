//! Accepts a client, and reads nothing from it until you press Enter. Then it reads all.
//!
//! ```text
//! cargo run --example 06_reads_late [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, Read};
use std::net::TcpListener;

use anyhow::Context;
use socket2::SockRef;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let listener = TcpListener::bind(&*address)
        .with_context(|| format!("can't listen on {address}"))?;
    // A small buffer, soon full. An accepted socket inherits it from the listener.
    SockRef::from(&listener)
        .set_recv_buffer_size(16 * 1024)
        .context("can't change the size of the receive buffer")?;
    eprintln!("listening on {}", listener.local_addr()?);

    let (mut stream, _) = listener.accept().context("can't accept")?;
    println!("Press Enter to read.");
    io::stdin().read_line(&mut String::new()).context("can't wait for Enter")?;
    // ANCHOR_END: main

    // ANCHOR: read
    let mut buffer = [0; 16 * 1024];
    let mut total = 0;
    loop {
        let n = stream.read(&mut buffer).context("can't receive")?;
        if n == 0 {
            break;
        }
        total += n;
    }
    println!("Read everything: {total} bytes");
    Ok(())
}
// ANCHOR_END: read
