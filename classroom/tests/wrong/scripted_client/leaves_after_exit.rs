// told: your client closes before it has read everything

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    let mut answers = ["Michael", "Tracy", "Sarah", "exit"].into_iter();
    let mut turn = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = server.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        out.write_all(&buffer[..count])?;
        turn.extend_from_slice(&buffer[..count]);
        if turn.ends_with(QUESTION) {
            writeln!(out)?;
            turn.clear();
            if let Some(answer) = answers.next() {
                server.write_all(answer.as_bytes())?;
                if answer == "exit" {
                    return Ok(());
                }
            }
        }
    }
}
