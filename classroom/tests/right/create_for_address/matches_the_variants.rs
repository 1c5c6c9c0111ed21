use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn create_for(address: SocketAddr) -> io::Result<Socket> {
    let family = match address {
        SocketAddr::V4(_) => Domain::IPV4,
        SocketAddr::V6(_) => Domain::IPV6,
    };
    Socket::new(family, Type::STREAM, None)
}
