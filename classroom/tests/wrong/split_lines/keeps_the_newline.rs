// told: number 1 is wrong

use std::io::{self, ErrorKind, Read};

/// The lines of a stream.
struct Lines<R> {
    stream: R,
    /// Received, and not given yet: part of a line, or lines that came with the one before.
    received: Vec<u8>,
}

impl<R: Read> Lines<R> {
    fn new(stream: R) -> Self {
        Self { stream, received: Vec::new() }
    }

    /// The next line, without its newline. `None` if the stream has ended after a line.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [0; 1024];
        loop {
            // Before the read: the line may have come with the one before.
            if let Some(newline) = self.received.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.received.drain(..=newline).collect();
                return Ok(Some(line));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) if self.received.is_empty() => return Ok(None),
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
