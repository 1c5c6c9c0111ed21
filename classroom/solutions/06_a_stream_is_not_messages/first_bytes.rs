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
        Some(length @ ..=MAX_BODY) => Ok(Some(length)),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

fn main() {
    grader::by_hand::show("receive_all", || receive_all(&b"5\nhello0\n2\n\n\n"[..]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Pieces, call, check, in_every_way, same_messages, visible};

    /// A message as it is sent.
    fn sent(body: &[u8]) -> Vec<u8> {
        [format!("{}\n", body.len()).as_bytes(), body].concat()
    }

    #[test]
    fn header_and_body_by_themselves() -> Outcome {
        let taken = call("receive_all", || {
            io::Result::Ok(receive_all(Pieces::new(["5\n", "hello", "3\n", "you"])))
        })?;
        let headline = "`receive_all` failed when headers and bodies came by themselves";
        same_messages(headline, taken, &["hello", "you"])
    }

    #[test]
    fn in_pieces_of_every_size() -> Outcome {
        let long = vec![b'7'; 5000];
        let bodies =
            [&b"hello"[..], b"", b"\n\n", b"12\n\xff\0", &long, b"the end\n", b""];
        let stream: Vec<u8> = bodies.iter().flat_map(|body| sent(body)).collect();
        in_every_way("receive_all", &stream, &bodies, receive_all)
    }

    #[test]
    fn the_longest_body() -> Outcome {
        let bodies = [vec![b'x'; MAX_BODY], b"y".to_vec()];
        let stream: Vec<u8> = bodies.iter().flat_map(|body| sent(body)).collect();
        let taken = call("receive_all", move || {
            io::Result::Ok(receive_all(Pieces::of_size(&stream, 1000)))
        })?;
        same_messages("`receive_all` failed with a body of 65,536 bytes", taken, &bodies)
    }

    /// Whatever comes after this, it is an error already.
    fn is_an_error(stream: &'static [u8], kind: ErrorKind) -> Outcome {
        for size in [1, 4096] {
            let pieces = Pieces::of_size(stream, size);
            let pieces =
                if kind == ErrorKind::InvalidData { pieces.stays_open() } else { pieces };
            let taken = call("receive_all", || io::Result::Ok(receive_all(pieces)))?;
            let given = match taken {
                Ok(bodies) => format!("{} messages", bodies.len()),
                Err(error) if error.kind() == kind => continue,
                Err(error) => format!("the error {:?} ({error})", error.kind()),
            };
            let start = visible(&stream[..stream.len().min(30)]);
            let story = format!(
                "to a stream that begins with `{start}`, `receive_all` gave {given}, and not the error {kind:?}"
            );
            check(false, &story)?;
        }
        Ok(())
    }

    #[test]
    fn a_header_that_is_no_length() -> Outcome {
        is_an_error(b"five\n", ErrorKind::InvalidData)?;
        is_an_error(b"2\nhi-1\n", ErrorKind::InvalidData)?;
        is_an_error(b"\n", ErrorKind::InvalidData)?;
        is_an_error(b"\xff\n", ErrorKind::InvalidData)
    }

    #[test]
    fn a_body_that_is_too_long() -> Outcome {
        is_an_error(b"2\nhi65537\n", ErrorKind::InvalidData)?;
        is_an_error(b"9999999999999999999\n", ErrorKind::InvalidData)
    }

    #[test]
    fn a_header_without_end() -> Outcome {
        is_an_error(&[b'0'; 10_000], ErrorKind::InvalidData)?;
        is_an_error(b"2\nhi000000000000000000000", ErrorKind::InvalidData)
    }

    #[test]
    fn an_end_within_a_message() -> Outcome {
        is_an_error(b"5\nhell", ErrorKind::UnexpectedEof)?;
        is_an_error(b"2\nhi5\n", ErrorKind::UnexpectedEof)?;
        is_an_error(b"2\nhi5", ErrorKind::UnexpectedEof)
    }
}
