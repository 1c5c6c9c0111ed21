// told: the server could not be started again at once
// told: address in use

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    #[cfg(unix)]
    socket.set_reuse_address(false)?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    Ok(socket)
}
