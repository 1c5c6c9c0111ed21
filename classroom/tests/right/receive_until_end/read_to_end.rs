use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};

fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    TcpStream::connect(address)?.read_to_end(&mut all)?;
    Ok(all)
}
