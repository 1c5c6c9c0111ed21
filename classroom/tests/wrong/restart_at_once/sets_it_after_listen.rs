// told: the server could not be started again at once
// told: address in use
// told: SO_REUSEADDR was set, but not before `bind`

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    Ok(socket)
}
