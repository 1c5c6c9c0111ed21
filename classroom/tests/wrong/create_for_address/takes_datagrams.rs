// told: the socket is not for a stream

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn create_for(address: SocketAddr) -> io::Result<Socket> {
    Socket::new(Domain::for_address(address), Type::DGRAM, None)
}
