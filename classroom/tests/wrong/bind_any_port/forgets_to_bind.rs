// told: 0.0.0.0 is not an address to connect to

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open() -> io::Result<(Socket, Option<SocketAddr>)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.listen(5)?;
    let address = socket.local_addr()?.as_socket();
    Ok((socket, address))
}
