//! 8 minutes · chapter 1 · write it yourself
//!
//! Reach: a TCP socket of the family that an address belongs to.
//! Why: a program that always creates IPv4 sockets works until the first address with colons in it. The address knows its
//! family, so nobody should have to guess.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn create_for(address: SocketAddr) -> io::Result<Socket> {
    // TODO: Look at the address. An IPv4 address needs an IPv4 socket, an IPv6 address an IPv6 socket.
    _ = address;
    Socket::new(Domain::IPV4, Type::STREAM, None)
}

fn main() {
    grader::by_hand::show("create_for", || {
        create_for(SocketAddr::from(([127, 0, 0, 1], 6000)))
    });
}

