use socket2::{Domain, Protocol, Socket, Type};
use std::io;

fn create() -> io::Result<Socket> {
    let (family, kind) = (Domain::IPV4, Type::STREAM);
    let socket = Socket::new(family, kind, Some(Protocol::TCP))?;
    Ok(socket)
}
