// told: your client did not close the connection

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

fn say_hello(address: SocketAddr) -> io::Result<usize> {
    let mut stream = TcpStream::connect(address)?;
    let count = stream.write(b"Hello, Mr Right!")?;
    stream.read(&mut [0; 1024])?;
    Ok(count)
}
