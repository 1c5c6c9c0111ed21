// told: here the end should be

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn say_hello(address: SocketAddr) -> io::Result<usize> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.send(b"Hello, Mr Right!\n")?;
    Ok(16)
}
