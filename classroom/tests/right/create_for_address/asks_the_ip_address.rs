use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn create_for(address: SocketAddr) -> io::Result<Socket> {
    if address.ip().is_ipv4() {
        return Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP));
    }
    Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))
}
