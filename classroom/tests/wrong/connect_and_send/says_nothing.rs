// told: your client closed the connection too early

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn say_hello(address: SocketAddr) -> io::Result<usize> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    Ok(16)
}
