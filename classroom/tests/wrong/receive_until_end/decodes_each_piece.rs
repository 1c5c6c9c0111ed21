// told: failed when the bytes were cut after

use socket2::{Domain, Socket, Type};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut buffer = [0; 1024];
    let mut all = String::new();
    loop {
        let count = socket.read(&mut buffer)?;
        if count == 0 {
            return Ok(all.into_bytes());
        }
        all.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
}
