// told: the socket can't be connected to 127.0.0.1: it is of another family
// told: the socket can't be connected to ::1: it is of another family

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn create_for(address: SocketAddr) -> io::Result<Socket> {
    let family = if address.is_ipv6() { Domain::IPV4 } else { Domain::IPV6 };
    Socket::new(family, Type::STREAM, None)
}
