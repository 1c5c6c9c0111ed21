use std::io::{self, ErrorKind, Read};

struct Lines<R>(io::Bytes<R>);

impl<R: Read> Lines<R> {
    fn new(stream: R) -> Self {
        Lines(stream.bytes())
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        for byte in &mut self.0 {
            match byte? {
                b'\n' => return Ok(Some(line)),
                byte => line.push(byte),
            }
        }
        if line.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }
}
