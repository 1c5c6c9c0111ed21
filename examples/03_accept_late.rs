//! Listens with a backlog of 5, and accepts one client when you press Enter, so that you
//! can fill the accept queue and see it move.
//!
//! ```text
//! cargo run --example 03_accept_late [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead};
use std::net::TcpListener;

use anyhow::Context;
use socket2::SockRef;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let listener = TcpListener::bind(&*address)
        .with_context(|| format!("can't listen on {address}"))?;
    // `std` has called `listen` with a backlog of its own. A second call changes it.
    SockRef::from(&listener).listen(5).context("can't change the backlog")?;
    eprintln!("listening on {}", listener.local_addr()?);

    println!("Press Enter to accept one client.");
    io::stdin().lock().skip_until(b'\n').context("can't wait for Enter")?;
    let (_connection, peer) = listener.accept().context("can't accept")?;
    println!("Accept new connection from {peer}");

    println!("Press Enter to close.");
    io::stdin().lock().skip_until(b'\n').context("can't wait for Enter")?;
    Ok(())
}
// ANCHOR_END: main
