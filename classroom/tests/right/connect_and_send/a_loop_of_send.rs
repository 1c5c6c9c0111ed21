use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Shutdown, SocketAddr};

fn say_hello(address: SocketAddr) -> io::Result<usize> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let hello = b"Hello, Mr Right!";
    let mut sent = 0;
    while sent < hello.len() {
        sent += socket.send(&hello[sent..])?;
    }
    socket.shutdown(Shutdown::Write)?;
    Ok(sent)
}
