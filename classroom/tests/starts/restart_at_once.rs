//! 8 minutes · chapter 2 · fix the bug
//!
//! Reach: a server that can be started again at once, although its last client has only just left.
//! Why: the side that closes first keeps the port in TIME-WAIT for a minute or so. Without an option, the next start fails
//! with "Address already in use", and the clients of a server that is being repaired wait for the clock.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // TODO: Allow this socket an address on which only connections are left, and no listener. On Unix only: on Windows the
    // option means something else, and is not needed.
    socket.bind(&address.into())?;
    socket.listen(5)?;
    Ok(socket)
}

fn main() {
    grader::by_hand::show("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))));
}

