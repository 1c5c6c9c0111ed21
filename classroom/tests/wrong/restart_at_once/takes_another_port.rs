// told: the server was started again, and listens elsewhere

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if socket.bind(&address.into()).is_err() {
        socket.bind(&SocketAddr::new(address.ip(), 0).into())?;
    }
    socket.listen(5)?;
    Ok(socket)
}
