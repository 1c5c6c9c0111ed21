// told: your client takes another question for the question
// told: ^ too early: the question has not come yet

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

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
        if turn.ends_with(b"?") {
            writeln!(out)?;
            turn.clear();
            if let Some(answer) = answers.next() {
                server.write_all(answer.as_bytes())?;
            }
        }
    }
}
