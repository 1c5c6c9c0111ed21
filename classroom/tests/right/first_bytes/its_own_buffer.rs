use std::io::{self, ErrorKind, Read};

const MAX_HEADER: usize = 20;
const MAX_BODY: usize = 65_536;

fn receive_all(mut stream: impl Read) -> io::Result<Vec<Vec<u8>>> {
    let mut messages = Vec::new();
    let mut received = Vec::new();
    loop {
        while let Some((start, length)) = header(&received)? {
            if received.len() < start + length {
                break;
            }
            messages.push(received[start..start + length].to_vec());
            received.drain(..start + length);
        }
        let mut buffer = [0; 1000];
        match stream.read(&mut buffer) {
            Ok(0) if received.is_empty() => return Ok(messages),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => received.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn header(received: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let bad = || io::Error::new(ErrorKind::InvalidData, "a bad header");
    let Some(newline) = received.iter().position(|&byte| byte == b'\n') else {
        return if received.len() > MAX_HEADER { Err(bad()) } else { Ok(None) };
    };
    if newline > MAX_HEADER {
        return Err(bad());
    }
    let text = String::from_utf8_lossy(&received[..newline]);
    let length: usize = text.parse().map_err(|_| bad())?;
    if length > MAX_BODY { Err(bad()) } else { Ok(Some((newline + 1, length))) }
}
