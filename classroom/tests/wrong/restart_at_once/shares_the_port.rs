// told: two servers could listen on one port

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    Ok(socket)
}
