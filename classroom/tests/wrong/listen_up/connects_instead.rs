// told: `open` did not return as it should

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&address.into())?;
    socket.connect(&address.into())?;
    Ok(socket)
}
