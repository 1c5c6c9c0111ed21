use std::io::{self, BufRead, BufReader, ErrorKind, Read};

struct Lines<R> {
    reader: BufReader<R>,
}

impl<R: Read> Lines<R> {
    fn new(stream: R) -> Self {
        Self { reader: BufReader::new(stream) }
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line)?;
        match line.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(line)),
            Some(_) => Err(ErrorKind::UnexpectedEof.into()),
        }
    }
}
