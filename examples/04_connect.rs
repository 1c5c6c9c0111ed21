//! Connects to a server, by IP address or by name, and says which two ends the connection
//! has.
//!
//! ```text
//! cargo run --example 04_connect [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let wanted = wanted.to_string_lossy();
    let addresses =
        wanted.to_socket_addrs().with_context(|| format!("can't connect to {wanted}"))?;

    // A name may have several addresses, of IPv4 and IPv6. The first that answers is ours.
    let mut connected = Err(io::Error::other("the name has no address"));
    for address in addresses {
        connected = connect(address);
        if connected.is_ok() {
            break;
        }
    }
    let stream = connected.with_context(|| format!("can't connect to {wanted}"))?;

    let ours = stream.local_addr()?;
    let theirs = stream.peer_addr().context("the server has gone again")?;
    println!("Connected to {theirs} from {ours}");
    println!("Press Enter to close.");
    io::stdin().lock().skip_until(b'\n').context("can't wait for Enter")?;
    Ok(())
} // `stream` is dropped here, and so closed
// ANCHOR_END: main

// ANCHOR: connect
fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    // No `bind`: nobody has to find a client.
    let socket =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?; // blocks until the server's kernel has answered
    Ok(TcpStream::from(socket))
}
// ANCHOR_END: connect
