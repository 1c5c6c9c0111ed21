use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut heard = Vec::new();
    for answer in ["Michael", "Tracy", "Sarah", "exit"] {
        while !heard.ends_with(QUESTION) {
            if reader.read_until(b'?', &mut heard)? == 0 {
                return Ok(heard);
            }
        }
        heard.push(b'\n');
        stream.write_all(answer.as_bytes())?;
    }
    reader.read_to_end(&mut heard)?;
    Ok(heard)
}
