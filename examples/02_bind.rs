//! Binds a socket to an address, and another to whichever port is free.
//!
//! ```text
//! cargo run --example 02_bind [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead};
use std::net::{SocketAddr, ToSocketAddrs};

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

// ANCHOR: bind
fn main() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let wanted = wanted.to_string_lossy();
    let address = wanted
        .to_socket_addrs()
        .with_context(|| format!("can't bind to {wanted}"))?
        .next()
        .with_context(|| format!("can't bind to {wanted}: the name has no address"))?;

    let socket =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
            .context("can't create a socket")?;
    socket.bind(&address.into()).with_context(|| format!("can't bind to {address}"))?;
    let bound = socket.local_addr()?.as_socket().context("not an internet address")?;
    println!("Bound to {bound}");
    // ANCHOR_END: bind

    // ANCHOR: any_port
    // Port 0 asks the kernel for any port that is free, and only the kernel can say which.
    let zero = SocketAddr::new(address.ip(), 0);
    let other = Socket::new(Domain::for_address(zero), Type::STREAM, Some(Protocol::TCP))
        .context("can't create a socket")?;
    other.bind(&zero.into()).with_context(|| format!("can't bind to {zero}"))?;
    let bound = other.local_addr()?.as_socket().context("not an internet address")?;
    println!("Asked for port 0, bound to {bound}");

    println!("Press Enter to close both.");
    io::stdin().lock().skip_until(b'\n').context("can't wait for Enter")?;
    Ok(())
}
// ANCHOR_END: any_port
