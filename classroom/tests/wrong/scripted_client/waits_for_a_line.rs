// told: waits for a newline that never comes

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    let reader = BufReader::new(server.try_clone()?);
    let mut answers = ["Michael", "Tracy", "Sarah", "exit"].into_iter();
    for line in reader.split(b'\n') {
        let line = line?;
        out.write_all(&line)?;
        writeln!(out)?;
        if line == QUESTION
            && let Some(answer) = answers.next()
        {
            server.write_all(answer.as_bytes())?;
        }
    }
    Ok(())
}
