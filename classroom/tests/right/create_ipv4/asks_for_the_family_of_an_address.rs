use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

fn create() -> io::Result<Socket> {
    let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    match Socket::new(Domain::for_address(address), Type::STREAM, None) {
        Ok(socket) => Ok(socket),
        Err(error) => Err(error),
    }
}
