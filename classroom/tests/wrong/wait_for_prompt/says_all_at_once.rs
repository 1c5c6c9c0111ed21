// told: ^ too early: nobody has asked for this

use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.write_all(b"MichaelTracySarahexit")?;
    let mut heard = Vec::new();
    socket.read_to_end(&mut heard)?;
    Ok(heard)
}
