//! Listens, and never accepts: see that a client's `connect` succeeds all the same.
//!
//! ```text
//! cargo run --example 02_listen [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead};
use std::net::ToSocketAddrs;

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

    let listener =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
            .context("can't create a socket")?;
    // A connection that a server closed may keep the port for a minute after its end
    // (TIME-WAIT). With this option the next server gets the port at once; on Linux both
    // must have set it. On Windows it means something else, and a server needs none.
    #[cfg(unix)]
    listener.set_reuse_address(true)?;
    listener.bind(&address.into()).with_context(|| format!("can't bind to {address}"))?;
    // ANCHOR_END: bind

    // ANCHOR: listen
    // From here on the kernel shakes hands with every client, up to the backlog, and keeps
    // the bytes that they send.
    listener.listen(5).with_context(|| format!("can't listen on {address}"))?;
    let bound = listener.local_addr()?.as_socket().context("not an internet address")?;
    eprintln!("listening on {bound}");

    println!("Nobody here calls accept. Connect all the same!");
    println!("Press Enter to close.");
    io::stdin().lock().skip_until(b'\n').context("can't wait for Enter")?;
    Ok(())
}
// ANCHOR_END: listen
