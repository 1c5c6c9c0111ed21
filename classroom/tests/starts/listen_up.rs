//! 8 minutes · chapter 2 · fix the bug
//!
//! Reach: a socket that clients can connect to.
//! Why: bind gives a socket its address, and nothing more. Until it listens, every client is refused, and the message
//! "connection refused" is the very same as if no program were there.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&address.into())?;
    // TODO: The socket has an address, but its door is closed. Open it with `listen`, and a backlog of 5.
    Ok(socket)
}

fn main() {
    grader::by_hand::show("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))));
}

