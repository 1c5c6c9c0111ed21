// told: the socket can't be connected to 127.0.0.1: it is of another family

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn create_for(address: SocketAddr) -> io::Result<Socket> {
    _ = address;
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    socket.set_only_v6(false)?;
    Ok(socket)
}
