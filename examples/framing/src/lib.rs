//! Messages on a stream of bytes: where one ends and the next begins.
//!
//! TCP carries bytes, and cuts them wherever it likes. A [`Framing`] is a rule that says which of
//! them are a message: [`Lines`] and [`Lengths`] are two. A [`MessageReader`] takes messages from
//! anything that is [`Read`], a [`MessageWriter`] gives them to anything that is [`Write`].
//!
//! ```
//! use framing::{Lines, MessageReader, MessageWriter};
//!
//! let mut stream = Vec::new();
//! let mut writer = MessageWriter::new(&mut stream, Lines);
//! writer.add(b"Michael")?;
//! writer.add(b"Tracy")?;
//! writer.send()?;
//!
//! let mut reader = MessageReader::new(&*stream, Lines, 1024);
//! assert_eq!(reader.next_message()?, Some(b"Michael".to_vec()));
//! assert_eq!(reader.next_message()?, Some(b"Tracy".to_vec()));
//! assert_eq!(reader.next_message()?, None);
//! # Ok::<(), framing::Error>(())
//! ```

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};

// ANCHOR: error
/// Why there is no next message.
#[derive(Debug)]
pub enum Error {
    /// The stream itself failed. After a time limit ([`ErrorKind::WouldBlock`] or
    /// [`ErrorKind::TimedOut`]) the reader may be asked again: it has kept all that came.
    Stream(io::Error),
    /// A message is longer than the limit, which is in bytes. Of one that came, the rest
    /// is still on its way, so there is no next message.
    TooLong { limit: usize },
    /// The stream ended in the middle of a message.
    Truncated,
    /// This message can't be sent: it would end too early, or without its last byte.
    Malformed,
}
// ANCHOR_END: error

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Stream(error) => error.fmt(f),
            Error::TooLong { limit } => write!(f, "a message of more than {limit} bytes"),
            Error::Truncated => write!(f, "the stream ended in the middle of a message"),
            Error::Malformed => {
                write!(f, "a line can't have a newline in it, nor end in \\r")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Stream(error) => error.source(),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Stream(error)
    }
}

// ANCHOR: framing
/// A rule that says where a message ends.
pub trait Framing {
    /// Looks for a whole message at the beginning of `received`, of at most `limit` bytes.
    /// `searched` bytes of it were there in the last call as well, and weren't a message.
    fn find(
        &self,
        received: &[u8],
        searched: usize,
        limit: usize,
    ) -> Result<Option<Found>, Error>;

    /// Adds `message` to `bytes`, in the form in which it is sent. If it can't be sent,
    /// `bytes` stays as it is.
    fn add(&self, message: &[u8], bytes: &mut Vec<u8>) -> Result<(), Error>;
}

/// Where a message is, as indices into what was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub start: usize,
    pub end: usize,
    /// Where the next message begins.
    pub next: usize,
}
// ANCHOR_END: framing

// ANCHOR: lines
/// A message ends with a newline, so it can't have one inside. A carriage return before
/// the newline, as Windows and many protocols send it, belongs to the end of the message.
#[derive(Clone, Copy, Debug)]
pub struct Lines;

impl Framing for Lines {
    fn find(
        &self,
        received: &[u8],
        searched: usize,
        limit: usize,
    ) -> Result<Option<Found>, Error> {
        let newline = received[searched..].iter().position(|byte| *byte == b'\n');
        let newline = newline.map(|index| searched + index);
        // The line so far, or the whole line: the limit is the same, however it was cut.
        if newline.unwrap_or(received.len()) > limit {
            return Err(Error::TooLong { limit });
        }
        Ok(newline.map(|newline| {
            let line = &received[..newline];
            let message = line.strip_suffix(b"\r").unwrap_or(line);
            Found { start: 0, end: message.len(), next: newline + 1 }
        }))
    }
    // ANCHOR_END: lines

    // ANCHOR: add_line
    fn add(&self, message: &[u8], bytes: &mut Vec<u8>) -> Result<(), Error> {
        if message.contains(&b'\n') || message.ends_with(b"\r") {
            return Err(Error::Malformed);
        }
        bytes.extend_from_slice(message);
        bytes.push(b'\n');
        Ok(())
    }
}
// ANCHOR_END: add_line

// ANCHOR: lengths
/// A message begins with its length, four bytes in network byte order. It may hold any
/// bytes.
#[derive(Clone, Copy, Debug)]
pub struct Lengths;

impl Framing for Lengths {
    fn find(
        &self,
        received: &[u8],
        _: usize,
        limit: usize,
    ) -> Result<Option<Found>, Error> {
        let Some((length, rest)) = received.split_first_chunk::<4>() else {
            return Ok(None);
        };
        // A length that `usize` can't hold is beyond any limit.
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > limit {
            return Err(Error::TooLong { limit });
        }
        let end = 4 + length;
        Ok((rest.len() >= length).then_some(Found { start: 4, end, next: end }))
    }
    // ANCHOR_END: lengths

    // ANCHOR: add_length
    fn add(&self, message: &[u8], bytes: &mut Vec<u8>) -> Result<(), Error> {
        let limit = u32::MAX as usize;
        let length =
            u32::try_from(message.len()).map_err(|_| Error::TooLong { limit })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(message);
        Ok(())
    }
}
// ANCHOR_END: add_length

// ANCHOR: reader
/// Takes messages from a stream. It keeps what has come and isn't a whole message yet, so one
/// reader has to do for the whole stream.
#[derive(Debug)]
pub struct MessageReader<R, F> {
    stream: R,
    framing: F,
    limit: usize,
    /// Received, and not handed out: never more than a message and one buffer.
    received: Vec<u8>,
    /// How many bytes of it are known not to be a whole message.
    searched: usize,
}

impl<R: Read, F: Framing> MessageReader<R, F> {
    /// `limit` is how many bytes a message may have, without what marks its end.
    pub fn new(stream: R, framing: F, limit: usize) -> Self {
        MessageReader { stream, framing, limit, received: Vec::new(), searched: 0 }
    }
    // ANCHOR_END: reader

    // ANCHOR: next_message
    /// Waits for the next message. `None` if the stream has ended where a message ends.
    pub fn next_message(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            if let Some(message) = self.message_at_hand()? {
                return Ok(Some(message));
            }
            let mut buffer = [0; 1024];
            match self.stream.read(&mut buffer) {
                Ok(0) if self.received.is_empty() => return Ok(None),
                Ok(0) => return Err(Error::Truncated),
                Ok(n) => self.received.extend_from_slice(&buffer[..n]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::Stream(error)),
            }
        }
    }
    // ANCHOR_END: next_message

    // ANCHOR: at_hand
    /// The next message if it has been received already. Doesn't wait.
    pub fn message_at_hand(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let found = self.framing.find(&self.received, self.searched, self.limit)?;
        let Some(found) = found else {
            self.searched = self.received.len();
            return Ok(None);
        };
        let message = self.received[found.start..found.end].to_vec();
        self.received.drain(..found.next);
        self.searched = 0;
        Ok(Some(message))
    }
}
// ANCHOR_END: at_hand

// ANCHOR: writer
/// Gives messages to a stream, as many as you like in one write.
#[derive(Debug)]
pub struct MessageWriter<W, F> {
    stream: W,
    framing: F,
    /// Added, and not sent yet.
    bytes: Vec<u8>,
}

impl<W: Write, F: Framing> MessageWriter<W, F> {
    pub fn new(stream: W, framing: F) -> Self {
        MessageWriter { stream, framing, bytes: Vec::new() }
    }
    // ANCHOR_END: writer

    // ANCHOR: send
    /// Adds a message to the next [`send`](Self::send).
    pub fn add(&mut self, message: &[u8]) -> Result<(), Error> {
        self.framing.add(message, &mut self.bytes)
    }

    /// Sends all that was added. After an error nobody knows how much of it was sent.
    pub fn send(&mut self) -> Result<(), Error> {
        let sent = self.stream.write_all(&self.bytes).and_then(|()| self.stream.flush());
        self.bytes.clear();
        Ok(sent?) // an `io::Error` becomes an `Error`
    }
}
// ANCHOR_END: send
