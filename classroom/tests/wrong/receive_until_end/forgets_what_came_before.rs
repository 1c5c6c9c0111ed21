// told: did not return what it was told

use socket2::{Domain, Socket, Type};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut buffer = [0; 1024];
    let mut all = Vec::new();
    loop {
        let count = socket.read(&mut buffer)?;
        if count == 0 {
            return Ok(all);
        }
        all = buffer[..count].to_vec();
    }
}
