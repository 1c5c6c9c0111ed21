// told: an IPv4 address does not fit the socket: it is of another family

use socket2::{Domain, Socket, Type};
use std::io;

fn create() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    socket.set_only_v6(false)?;
    Ok(socket)
}
