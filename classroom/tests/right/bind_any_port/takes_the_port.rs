use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open() -> io::Result<(Socket, Option<SocketAddr>)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let wish = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&wish.into())?;
    socket.listen(5)?;
    let port = match socket.local_addr()?.as_socket_ipv4() {
        Some(address) => address.port(),
        None => return Err(io::Error::other("not an IPv4 address")),
    };
    Ok((socket, Some(SocketAddr::new(wish.ip(), port))))
}
