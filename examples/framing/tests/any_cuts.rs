//! Any messages, any cuts: the same messages come out.

use std::io::{self, ErrorKind, Read};

use framing::{Error, Framing, Lengths, Lines, MessageReader, MessageWriter};
use proptest::collection::vec;
use proptest::prelude::*;

const LIMIT: usize = 40;

/// Delivers bytes in pieces of these sizes, in turn.
struct Cut<'a> {
    bytes: &'a [u8],
    sizes: Vec<usize>,
    next: usize,
}

impl Read for Cut<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.next % self.sizes.len()];
        self.next += 1;
        let n = size.min(buffer.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(n);
        buffer[..n].copy_from_slice(now);
        self.bytes = later;
        Ok(n)
    }
}

/// All messages of a stream that is cut like this, and how it ends.
fn received(
    framing: impl Framing,
    bytes: &[u8],
    sizes: &[usize],
) -> (Vec<Vec<u8>>, String) {
    let stream = Cut { bytes, sizes: sizes.to_vec(), next: 0 };
    let mut reader = MessageReader::new(stream, framing, LIMIT);
    let mut messages = Vec::new();
    loop {
        match reader.next_message() {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => return (messages, "end".into()),
            Err(error) => return (messages, error.to_string()),
        }
    }
}

fn sent(framing: impl Framing, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = MessageWriter::new(&mut bytes, framing);
    for message in messages {
        writer.add(message).expect("it is within the limit");
    }
    writer.send().expect("a vector takes everything");
    bytes
}

fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(any::<u8>(), 0..=LIMIT), 0..10)
}

/// Messages that can be sent as lines.
fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let byte = prop_oneof![0..b'\n', b'\n' + 1..b'\r', b'\r' + 1..=u8::MAX];
    vec(vec(byte, 0..=LIMIT), 0..10)
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(1..20usize, 1..20)
}

// ANCHOR: properties
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn lengths_come_out_as_they_went_in(messages in messages(), sizes in sizes()) {
        let bytes = sent(Lengths, &messages);
        let came = received(Lengths, &bytes, &sizes);
        prop_assert_eq!(came, (messages, "end".to_owned()));
    }

    #[test]
    fn lines_come_out_as_they_went_in(messages in lines(), sizes in sizes()) {
        let bytes = sent(Lines, &messages);
        let came = received(Lines, &bytes, &sizes);
        prop_assert_eq!(came, (messages, "end".to_owned()));
    }

    // ANCHOR_END: properties

    /// Whatever comes: how it was cut makes no difference, neither to the messages nor to how it ends.
    #[test]
    fn cuts_make_no_difference(bytes in vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(0)], 0..200), sizes in sizes()) {
        let whole = [usize::MAX];
        prop_assert_eq!(
            received(Lines, &bytes, &sizes),
            received(Lines, &bytes, &whole)
        );
        prop_assert_eq!(
            received(Lengths, &bytes, &sizes),
            received(Lengths, &bytes, &whole)
        );
    }
}

#[test]
fn the_limit_is_the_last_length_that_passes() {
    for (length, passes) in [(LIMIT, true), (LIMIT + 1, false)] {
        let line = [vec![b'x'; length], b"\n".to_vec()].concat();
        let (messages, end) = received(Lines, &line, &[7]);
        assert_eq!((messages.len(), end == "end"), (usize::from(passes), passes));

        let announced =
            [&(length as u32).to_be_bytes()[..], &vec![b'x'; length]].concat();
        let (messages, end) = received(Lengths, &announced, &[7]);
        assert_eq!((messages.len(), end == "end"), (usize::from(passes), passes));
    }
}

#[test]
fn what_is_too_long_is_refused_before_it_has_come() {
    let mut reader = MessageReader::new(&b"\xff\xff\xff\xff"[..], Lengths, LIMIT);
    assert!(matches!(reader.next_message(), Err(Error::TooLong { limit: LIMIT })));
    let mut reader = MessageReader::new(io::repeat(b'x'), Lines, LIMIT);
    assert!(matches!(reader.next_message(), Err(Error::TooLong { limit: LIMIT })));
}

#[test]
fn a_message_without_its_end_is_truncated() {
    let mut reader = MessageReader::new(&b"Tracy\nMich"[..], Lines, LIMIT);
    assert_eq!(reader.next_message().expect("a whole line"), Some(b"Tracy".to_vec()));
    assert!(matches!(reader.next_message(), Err(Error::Truncated)));
    for cut in [&b"\0"[..], b"\0\0\0\x04Mic"] {
        let mut reader = MessageReader::new(cut, Lengths, LIMIT);
        assert!(matches!(reader.next_message(), Err(Error::Truncated)));
    }
}

#[test]
fn what_cannot_be_sent_is_refused_and_nothing_of_it_is_sent() {
    let mut bytes = Vec::new();
    let mut writer = MessageWriter::new(&mut bytes, Lines);
    assert!(matches!(writer.add(b"two\nlines"), Err(Error::Malformed)));
    assert!(matches!(writer.add(b"one\r"), Err(Error::Malformed)));
    writer.add(b"one").expect("a line");
    writer.send().expect("a vector takes everything");
    assert_eq!(bytes, b"one\n");
}

/// A stream that is interrupted, or whose time is up, in the middle of a message loses nothing of it.
#[test]
fn a_time_limit_loses_nothing() {
    struct Late(Vec<io::Result<&'static [u8]>>);
    impl Read for Late {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let piece = self.0.pop().unwrap_or(Ok(b""))?;
            buffer[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        }
    }
    let interrupted = Err(ErrorKind::Interrupted.into());
    let late = Err(ErrorKind::WouldBlock.into());
    let pieces = vec![Ok(&b"ael\n"[..]), late, Ok(b"ch"), interrupted, Ok(b"Mi")];
    let mut reader = MessageReader::new(Late(pieces), Lines, LIMIT);
    let error = reader.next_message().expect_err("the time was up");
    assert!(
        matches!(error, Error::Stream(error) if error.kind() == ErrorKind::WouldBlock)
    );
    assert_eq!(reader.next_message().expect("a line"), Some(b"Michael".to_vec()));
}
