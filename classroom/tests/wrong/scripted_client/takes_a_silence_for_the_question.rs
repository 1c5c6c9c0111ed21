// told: failed when the end of the question was held back: it trusts the clock

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    let mut buffer = [0; 1024];
    for answer in ["Michael", "Tracy", "Sarah", "exit"] {
        server.set_read_timeout(Some(Duration::from_secs(2)))?;
        loop {
            match server.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => out.write_all(&buffer[..count])?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        writeln!(out)?;
        server.write_all(answer.as_bytes())?;
    }
    server.set_read_timeout(None)?;
    io::copy(&mut server, out)?;
    Ok(())
}
