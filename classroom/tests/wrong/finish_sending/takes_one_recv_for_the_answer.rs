// told: received  "12 "

use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};

fn count_letters(address: SocketAddr) -> io::Result<String> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.write_all(b"Hello, Mr Right!")?;
    socket.shutdown(Shutdown::Write)?;
    let mut buffer = [0; 1024];
    let count = socket.read(&mut buffer)?;
    Ok(String::from_utf8_lossy(&buffer[..count]).into_owned())
}
