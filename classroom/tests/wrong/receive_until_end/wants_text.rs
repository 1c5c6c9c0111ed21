// told: had returned the error "stream did not contain valid UTF-8"

use socket2::{Domain, Socket, Type};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut all = String::new();
    socket.read_to_string(&mut all)?;
    Ok(all.into_bytes())
}
