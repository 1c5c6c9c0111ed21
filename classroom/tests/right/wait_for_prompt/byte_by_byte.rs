use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

fn talk(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    let mut heard = Vec::new();
    let mut answers = ["Michael", "Tracy", "Sarah", "exit"].iter();
    let mut byte = [0];
    while stream.read(&mut byte)? == 1 {
        heard.push(byte[0]);
        if heard.ends_with(b"Server: What's your name?") {
            heard.push(b'\n');
            if let Some(answer) = answers.next() {
                stream.write_all(answer.as_bytes())?;
            }
        }
    }
    Ok(heard)
}
