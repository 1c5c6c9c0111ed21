use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    let mut reader = BufReader::new(server.try_clone()?);
    for answer in ["Michael", "Tracy", "Sarah", "exit"] {
        let mut turn = Vec::new();
        while !turn.ends_with(QUESTION) {
            if reader.read_until(b'?', &mut turn)? == 0 {
                return out.write_all(&turn);
            }
        }
        out.write_all(&turn)?;
        out.write_all(b"\n")?;
        server.write_all(answer.as_bytes())?;
    }
    io::copy(&mut reader, out)?;
    Ok(())
}
