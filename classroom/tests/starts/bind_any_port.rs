//! 8 minutes · chapter 2 · fill the blank
//!
//! Reach: a server on any free port, and the address at which it can be reached.
//! Why: port 0 is not a port but a wish: "any that is free". Nobody can connect to port 0; the kernel has chosen a real
//! one, and only the socket knows which.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

/// A listening socket, and its address for others to connect to.
fn open() -> io::Result<(Socket, Option<SocketAddr>)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let wish = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&wish.into())?;
    socket.listen(5)?;
    // TODO: This is the wish. Ask the socket for the address that it has been given.
    let address = Some(wish);
    Ok((socket, address))
}

fn main() {
    grader::by_hand::show("open", open);
}

