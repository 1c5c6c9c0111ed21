// told: the server reset its connection instead of closing it

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_linger(Some(std::time::Duration::ZERO))?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    Ok(socket)
}
