// told: nobody can connect to port 

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open() -> io::Result<(Socket, Option<SocketAddr>)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let wish = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&wish.into())?;
    let address = socket.local_addr()?.as_socket();
    Ok((socket, address))
}
