use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};

struct Lines<R> {
    stream: R,
    part: Vec<u8>,
    whole: VecDeque<Vec<u8>>,
}

impl<R: Read> Lines<R> {
    fn new(stream: R) -> Self {
        Self { stream, part: Vec::new(), whole: VecDeque::new() }
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [0; 100];
        while self.whole.is_empty() {
            let count = match self.stream.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            if count == 0 && !self.part.is_empty() {
                return Err(io::Error::new(ErrorKind::UnexpectedEof, "within a line"));
            }
            if count == 0 {
                break;
            }
            for &byte in &buffer[..count] {
                if byte == b'\n' {
                    self.whole.push_back(std::mem::take(&mut self.part));
                } else {
                    self.part.push(byte);
                }
            }
        }
        Ok(self.whole.pop_front())
    }
}
