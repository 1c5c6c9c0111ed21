// told: your client closes before it has read everything

use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    let mut heard = Vec::new();
    for answer in ["Michael", "Tracy", "Sarah", "exit"] {
        while !heard.ends_with(QUESTION) {
            if !hear(&mut socket, &mut heard)? {
                return Ok(heard);
            }
        }
        heard.push(b'\n');
        socket.write_all(answer.as_bytes())?;
    }
    Ok(heard)
}

fn hear(socket: &mut Socket, heard: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 1024];
    let count = socket.read(&mut buffer)?;
    heard.extend_from_slice(&buffer[..count]);
    Ok(count > 0)
}
