// told: the socket can't be connected to 127.0.0.1: it is of another family

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn create_for(address: SocketAddr) -> io::Result<Socket> {
    let text = address.to_string();
    let family = if text.contains(':') { Domain::IPV6 } else { Domain::IPV4 };
    Socket::new(family, Type::STREAM, None)
}
