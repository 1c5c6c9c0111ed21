use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

fn answer_questions(server: SocketAddr) -> io::Result<usize> {
    let mut stream = TcpStream::connect(server)?;
    let mut received = Vec::new();
    let mut count = 0;
    loop {
        while received.len() >= 3 {
            let length = usize::from(received[1]) * 256 + usize::from(received[2]);
            if length > 4096 {
                return Err(io::Error::new(ErrorKind::InvalidData, "too long"));
            }
            if received.len() < 3 + length {
                break;
            }
            let mut message: Vec<u8> = received.drain(..3 + length).collect();
            match message[0] {
                1 => {
                    message[0] = 2;
                    stream.write_all(&message)?;
                    count += 1;
                }
                3 => return Ok(count),
                _ => {}
            }
        }
        let mut buffer = [0; 512];
        match stream.read(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            n => received.extend_from_slice(&buffer[..n]),
        }
    }
}
