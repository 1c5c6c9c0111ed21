// told: the server said nothing for a while
// told: your client did not wait for the end

use socket2::{Domain, Socket, Type};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    thread::sleep(Duration::from_millis(2000));
    let mut buffer = [0; 10_000];
    let count = socket.read(&mut buffer)?;
    Ok(buffer[..count].to_vec())
}
