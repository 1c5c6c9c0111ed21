//! Any bytes, in pieces of any size: no panic, no more memory than the limit allows, and the
//! same messages and the same end as if the bytes had come at once.
//!
//! The first byte of an input says of what size the pieces are, the others are the stream.

#![no_main]

use std::io::{self, Read};

use framing::{Error, Framing, Lengths, Lines, MessageReader};
use libfuzzer_sys::fuzz_target;

const LIMIT: usize = 64;

/// Delivers at most so many bytes at once.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

/// All messages, and how it ended.
fn messages(stream: impl Read, framing: impl Framing) -> (Vec<Vec<u8>>, String) {
    let mut reader = MessageReader::new(stream, framing, LIMIT);
    let mut messages = Vec::new();
    loop {
        match reader.next_message() {
            Ok(Some(message)) => {
                assert!(message.len() <= LIMIT, "{} bytes", message.len());
                messages.push(message);
            }
            Ok(None) => return (messages, "end".into()),
            Err(Error::Stream(error)) => panic!("a slice doesn't fail: {error}"),
            Err(error) => return (messages, error.to_string()),
        }
    }
}

// ANCHOR: target
fuzz_target!(|input: &[u8]| {
    let Some((size, stream)) = input.split_first() else { return };
    let size = usize::from(*size).max(1);
    assert_eq!(messages(Pieces(stream, size), Lines), messages(stream, Lines));
    assert_eq!(messages(Pieces(stream, size), Lengths), messages(stream, Lengths));
});
// ANCHOR_END: target
