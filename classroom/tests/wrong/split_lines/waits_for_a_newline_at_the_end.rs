// told: when the stream stayed open

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};

struct Lines<R> {
    stream: R,
    whole: VecDeque<Vec<u8>>,
}

impl<R: Read> Lines<R> {
    fn new(stream: R) -> Self {
        Self { stream, whole: VecDeque::new() }
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut received = Vec::new();
        let mut buffer = [0; 1024];
        while self.whole.is_empty() {
            let count = match self.stream.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            if count == 0 && !received.is_empty() {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if count == 0 {
                break;
            }
            received.extend_from_slice(&buffer[..count]);
            if let Some(lines) = received.strip_suffix(b"\n") {
                self.whole = lines.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
            }
        }
        Ok(self.whole.pop_front())
    }
}
