use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

fn say_hello(address: SocketAddr) -> io::Result<usize> {
    match TcpStream::connect(address) {
        Ok(mut stream) => match stream.write(b"Hello, Mr Right!") {
            Ok(count) => Ok(count),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    }
}
