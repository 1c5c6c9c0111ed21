// told: `open` was called again
// told: Address already in use

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open() -> io::Result<(Socket, Option<SocketAddr>)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let wish = SocketAddr::from(([127, 0, 0, 1], 6123));
    socket.bind(&wish.into())?;
    socket.listen(5)?;
    Ok((socket, Some(wish)))
}
