use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

fn say_hello(address: SocketAddr) -> io::Result<usize> {
    let hello = "Hello, Mr Right!";
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(hello.as_bytes())?;
    Ok(hello.len())
}
