// told: your client returned 10, but 16 bytes came

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn say_hello(address: SocketAddr) -> io::Result<usize> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.send(b"Hello,")?;
    socket.send(b" Mr Right!")
}
