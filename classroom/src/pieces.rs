//! A stream without a network, that comes in pieces.

use crate::call::call;
use crate::story::{Outcome, Story, compared, parting, quoted, visible};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};

/// A stand-in for a connection from which a program reads. Each read gives at most one piece, as much as there is room for; then
/// the stream ends.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    pieces: VecDeque<Vec<u8>>,
    interrupts: bool,
    is_interrupted: bool,
    waits: bool,
}

impl Pieces {
    /// A stream that comes in these pieces.
    pub fn new(pieces: impl IntoIterator<Item: AsRef<[u8]>>) -> Self {
        let pieces = pieces.into_iter().map(|piece| piece.as_ref().to_vec());
        // A read that gave no byte would be the end.
        let pieces = pieces.filter(|piece| !piece.is_empty()).collect();
        Self { pieces, ..Self::default() }
    }

    /// A stream of which each read gives at most so many bytes.
    pub fn of_size(stream: &[u8], most: usize) -> Self {
        Self::new(stream.chunks(most.max(1)))
    }

    /// Lets a signal interrupt the wait for each piece once: the read fails with [`ErrorKind::Interrupted`], and nothing is lost.
    pub fn interrupted(self) -> Self {
        Self { interrupts: true, is_interrupted: true, ..self }
    }

    /// A stream that does not end: a read after the last piece would wait, and fails here with [`ErrorKind::WouldBlock`].
    pub fn stays_open(self) -> Self {
        Self { waits: true, ..self }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if std::mem::replace(&mut self.is_interrupted, false) {
            return Err(ErrorKind::Interrupted.into());
        }
        let Some(mut piece) = self.pieces.pop_front() else {
            let late = io::Error::new(
                ErrorKind::WouldBlock,
                "this read would wait: nothing more comes",
            );
            return if self.waits { Err(late) } else { Ok(0) };
        };
        self.is_interrupted = self.interrupts;
        let count = piece.len().min(buffer.len());
        buffer[..count].copy_from_slice(&piece[..count]);
        let rest = piece.split_off(count);
        if !rest.is_empty() {
            self.pieces.push_front(rest);
        }
        Ok(count)
    }
}

/// Lets a student's function of this name, `take`, take `messages` from a stream that is delivered in every way: with each receive
/// size from 1 to 4,096 bytes, cut in two after each of its first 300 bytes, and with every read interrupted.
pub fn in_every_way(
    name: &'static str,
    stream: &[u8],
    messages: &[impl AsRef<[u8]>],
    take: fn(Pieces) -> io::Result<Vec<Vec<u8>>>,
) -> Outcome {
    let messages: Vec<Vec<u8>> = messages.iter().map(|it| it.as_ref().to_vec()).collect();
    let mut ways = Vec::new();
    for cut in 1..stream.len().min(300) {
        let (first, rest) = stream.split_at(cut);
        let end = visible(&first[cut.saturating_sub(20)..]);
        let way = format!("when the stream was cut after `{end}`");
        ways.push((way, Pieces::new([first, rest])));
    }
    for size in 1..=4096 {
        let plural = if size == 1 { "" } else { "s" };
        let way = format!("when each read gave at most {size} byte{plural}");
        ways.push((way, Pieces::of_size(stream, size)));
    }
    for size in [1, 7, 4096] {
        let way = String::from("when a signal interrupted its reads");
        ways.push((way, Pieces::of_size(stream, size).interrupted()));
    }
    // Each call has a time limit of its own.
    for some in ways.chunks(100) {
        let (some, messages) = (some.to_vec(), messages.clone());
        call(name, move || -> io::Result<Outcome> {
            Ok(some.into_iter().try_for_each(|(way, pieces)| {
                same_messages(&format!("`{name}` failed {way}"), take(pieces), &messages)
            }))
        })??;
    }
    Ok(())
}

/// Compares what was taken from a stream with the messages that were sent.
pub fn same_messages(
    headline: &str,
    taken: io::Result<Vec<Vec<u8>>>,
    messages: &[impl AsRef<[u8]>],
) -> Outcome {
    let taken = taken.map_err(|error| {
        Story::new(format!("{headline}: it returned an error"))
            .ending(format!("The error is: {error}"))
    })?;
    for (place, message) in messages.iter().map(AsRef::as_ref).enumerate() {
        let Some(taken) = taken.get(place) else {
            let story = format!("{headline}: it gave {place} of {}", messages.len());
            let missing = format!("The first that is missing is {}.", quoted(message));
            return Err(Story::new(story).ending(missing));
        };
        if taken != message {
            let remark = crate::peer::remark(parting(message, taken));
            let story = format!("{headline}: number {} is wrong", place + 1);
            return Err(Story::new(story).ending(compared(message, taken, &remark)));
        }
    }
    let more = taken.len() - messages.len();
    match more {
        0 => Ok(()),
        more => {
            Err(Story::new(format!("{headline}: it gave {more} more than were sent")))
        }
    }
}
