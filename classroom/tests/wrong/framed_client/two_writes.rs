// told: sent a turn in two pieces

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

const QUESTION: u8 = 1;
const ANSWER: u8 = 2;
const END: u8 = 3;
const MAX_PAYLOAD: usize = 4096;

/// Answers each question, and gives how many there were.
fn answer_questions(server: SocketAddr) -> io::Result<usize> {
    let mut stream = TcpStream::connect(server)?;
    let mut count = 0;
    loop {
        // `read_exact` takes these three bytes, and not one of the payload. At an early end it fails with `UnexpectedEof`.
        let mut header = [0; 3];
        stream.read_exact(&mut header)?;
        let [kind, length @ ..] = header;
        let length = usize::from(u16::from_be_bytes(length));
        if length > MAX_PAYLOAD {
            let error = format!("a payload of {length} bytes");
            return Err(io::Error::new(ErrorKind::InvalidData, error));
        }
        // Of every type: what isn't read here would be taken for the next header.
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload)?;
        match kind {
            QUESTION => {
                header[0] = ANSWER; // the length is the same
                stream.write_all(&header)?;
                stream.write_all(&payload)?;
                count += 1;
            }
            END => return Ok(count),
            _ => {}
        }
    }
}
