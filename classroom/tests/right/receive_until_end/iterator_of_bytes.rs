use std::io::{self, BufReader, Read};
use std::net::{SocketAddr, TcpStream};

fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    BufReader::new(TcpStream::connect(address)?).bytes().collect()
}
