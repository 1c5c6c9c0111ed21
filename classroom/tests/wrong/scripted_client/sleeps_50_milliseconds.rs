// told: failed when the end of the question was held back: it trusts the clock
// told: ^ too early: the question has not come yet

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    let mut buffer = [0; 1024];
    for answer in ["Michael", "Tracy", "Sarah", "exit"] {
        thread::sleep(Duration::from_millis(50));
        let count = server.read(&mut buffer)?;
        out.write_all(&buffer[..count])?;
        writeln!(out)?;
        server.write_all(answer.as_bytes())?;
    }
    io::copy(&mut server, out)?;
    Ok(())
}
