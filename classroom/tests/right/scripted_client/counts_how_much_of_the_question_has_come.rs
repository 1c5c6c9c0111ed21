use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    let mut answers = vec!["exit", "Sarah", "Tracy", "Michael"];
    let reader = server.try_clone()?;
    let mut matched = 0;
    for byte in reader.bytes() {
        let byte = byte?;
        out.write_all(&[byte])?;
        matched = match byte {
            byte if byte == QUESTION[matched] => matched + 1,
            b'S' => 1,
            _ => 0,
        };
        if matched == QUESTION.len() {
            matched = 0;
            out.write_all(b"\n")?;
            match answers.pop() {
                Some(answer) => server.write_all(answer.as_bytes())?,
                None => break,
            }
        }
    }
    Ok(())
}
