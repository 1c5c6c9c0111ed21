//! 10 minutes · chapter 6 · fix the bug
//!
//! Reach: messages that have a header line with their length, and then so many bytes.
//! Why: HTTP is made like this, and many other protocols. The read that brings the end of the header mostly brings the first
//! bytes of the body as well, and perhaps the next header. They won't come again.
//!
//! A header is a number in decimal and a newline, then the body follows, of so many bytes, whatever they are: `5\nhello0\n2\n\n\n` is
//! `hello`, an empty message and two newlines. A header has at most 20 bytes, a body 65,536. What is longer, and a header that is
//! no number, is an error of the kind `InvalidData`, before any memory is taken. A stream that ends within a message is an error of
//! the kind `UnexpectedEof`.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

const MAX_HEADER: u64 = 20;
const MAX_BODY: usize = 65_536;

/// All messages, up to the end of the stream.
fn receive_all(mut stream: impl Read) -> io::Result<Vec<Vec<u8>>> {
    let mut messages = Vec::new();
    // TODO: The reader is dropped after each header, and with it what it has read ahead.
    while let Some(length) = receive_header(BufReader::new(&mut stream))? {
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        messages.push(body);
    }
    Ok(messages)
}

/// How long the next message is. `None` if the stream has ended before it.
fn receive_header(reader: impl BufRead) -> io::Result<Option<usize>> {
    let mut header = Vec::new();
    reader.take(MAX_HEADER + 1).read_until(b'\n', &mut header)?;
    if header.is_empty() {
        return Ok(None);
    }
    let Some(digits) = header.strip_suffix(b"\n") else {
        let is_too_long = header.len() as u64 > MAX_HEADER;
        let kind =
            if is_too_long { ErrorKind::InvalidData } else { ErrorKind::UnexpectedEof };
        return Err(kind.into());
    };
    let length = str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    match length {
        Some(length @ ..=MAX_BODY) => Ok(Some(length)),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

fn main() {
    grader::by_hand::show("receive_all", || receive_all(&b"5\nhello0\n2\n\n\n"[..]));
}

