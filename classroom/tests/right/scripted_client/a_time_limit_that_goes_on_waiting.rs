use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    server.set_read_timeout(Some(Duration::from_millis(300)))?;
    let mut answers = ["Michael", "Tracy", "Sarah", "exit"].into_iter();
    let mut turn = Vec::new();
    let mut buffer = [0; 16];
    loop {
        match server.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                out.write_all(&buffer[..count])?;
                turn.extend_from_slice(&buffer[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        if turn.ends_with(QUESTION) {
            turn.clear();
            writeln!(out)?;
            if let Some(answer) = answers.next() {
                server.write_all(answer.as_bytes())?;
            }
        }
    }
}
