// told: the server said nothing for longer than your time limit of 5 s
// told: your client did not wait for the end

use socket2::{Domain, Socket, Type};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.set_read_timeout(Some(Duration::from_millis(5000)))?;
    let mut buffer = [0; 1024];
    let mut all = Vec::new();
    loop {
        let count = match socket.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error),
        };
        if count == 0 {
            return Ok(all);
        }
        all.extend_from_slice(&buffer[..count]);
    }
}
