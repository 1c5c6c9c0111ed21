use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    let on_unix = cfg!(unix);
    if on_unix {
        socket.set_reuse_address(true)?;
    }
    socket.bind(&address.into()).and_then(|()| socket.listen(5)).map(|()| socket)
}
