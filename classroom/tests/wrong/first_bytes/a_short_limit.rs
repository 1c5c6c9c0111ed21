// told: `receive_all` failed with a body of 65,536 bytes

use std::io::{self, BufRead, BufReader, ErrorKind, Read};

const MAX_HEADER: u64 = 20;
const MAX_BODY: usize = 65_536;

/// All messages, up to the end of the stream.
fn receive_all(stream: impl Read) -> io::Result<Vec<Vec<u8>>> {
    let mut messages = Vec::new();
    // One for headers and bodies: what came with a header is in it, and `read_exact` takes that first.
    let mut reader = BufReader::new(stream);
    while let Some(length) = receive_header(&mut reader)? {
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
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
        Some(length @ ..MAX_BODY) => Ok(Some(length)),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}
