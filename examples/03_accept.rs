//! Waits for one client, says who it is, and hangs up.
//!
//! ```text
//! cargo run --example 03_accept [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::net::TcpListener;

use anyhow::Context;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();

    // Create, bind, listen: chapters 1 and 2 in one call.
    let listener = TcpListener::bind(&*address)
        .with_context(|| format!("can't listen on {address}"))?;
    eprintln!("listening on {}", listener.local_addr()?);
    println!("Waiting for connection...");

    // Blocks until a connection is in the accept queue, then takes it out: a new socket,
    // for this client alone. The listener stays as it was and never carries a byte.
    let (connection, peer) = listener.accept().context("can't accept")?;
    println!("Accept new connection from {peer}");

    drop(connection);
    Ok(())
}
// ANCHOR_END: main
