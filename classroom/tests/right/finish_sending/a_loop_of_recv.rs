use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};

fn count_letters(address: SocketAddr) -> io::Result<String> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.write_all(b"Hello, Mr Right!")?;
    socket.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4];
    loop {
        match socket.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) => return Err(error),
        }
    }
    String::from_utf8(answer).map_err(io::Error::other)
}
