//! 15 minutes · chapter 6 · write it yourself
//!
//! Reach: lines, from anything that is `Read`, however the bytes come.
//! Why: this is the loop inside every protocol of lines. Once you have written it, you know what a `BufReader` does, and what is
//! lost with it.
//!
//! A line ends with a newline, which is not part of it. One read may bring half a line, or several, or several and a half. A line
//! that is whole is given without another read: the next bytes may be a long time coming. A read that fails with
//! `ErrorKind::Interrupted` has lost nothing, and is made again. Any other error is returned. A stream that ends within a line is
//! an error of the kind `ErrorKind::UnexpectedEof`.

use std::io::{self, Read};

/// The lines of a stream.
struct Lines<R> {
    stream: R,
    // TODO: What must be kept from one line to the next?
}

impl<R: Read> Lines<R> {
    fn new(stream: R) -> Self {
        Self { stream }
    }

    /// The next line, without its newline. `None` if the stream has ended after a line.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [0; 1024];
        let count = self.stream.read(&mut buffer)?;
        todo!("find the line in {:?}", &buffer[..count])
    }
}

fn main() {
    grader::by_hand::show("next_line", || {
        Lines::new(&b"Michael\nTracy\n"[..]).next_line()
    });
}

