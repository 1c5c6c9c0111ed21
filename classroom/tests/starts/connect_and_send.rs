//! 8 minutes · chapter 4 · fill the blanks
//!
//! Reach: a client that connects to a server and says `Hello, Mr Right!`.
//! Why: create, connect, talk, close are the client's four steps. It needs no bind: the kernel chooses a port for it, as you
//! need no return address of your own choice to send a parcel.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

/// Gives the number of bytes that were taken.
fn say_hello(address: SocketAddr) -> io::Result<usize> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // TODO: Connect the socket to the server's address.
    // TODO: Send `Hello, Mr Right!` instead.
    socket.send(b"Hello")
}

fn main() {
    grader::by_hand::client(say_hello);
}

