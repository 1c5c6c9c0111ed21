// told: your client closed the connection too early

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

fn say_hello(address: SocketAddr) -> io::Result<usize> {
    if TcpStream::connect(address).is_err() {
        return Ok(0);
    }
    TcpStream::connect(address)?.write(b"Hello, Mr Right!")
}
