//! What was seen of a scenario, before it is put together.

use std::ops::RangeInclusive;

use crate::Micros;
use crate::lines::Lines;
use crate::states::{Change, Row};
use crate::strace::{self, Call, Entry};
use crate::wire::Segment;

/// How far two clocks that are one may disagree: each is cut to microseconds.
pub const TOLERANCE: Micros = 5;

/// What was seen of one program.
pub struct Program {
    pub id: String,
    pub example: String,
    pub arguments: Vec<String>,
    pub role: &'static str,
    /// What strace saw of each thread, in the order in which they were started.
    pub threads: Vec<Vec<Entry>>,
    pub lines: Lines,
    /// What was typed, and when.
    pub typed: Vec<(Micros, String)>,
}

/// All that was seen.
pub struct Seen {
    pub programs: Vec<Program>,
    pub segments: Vec<Segment>,
    pub changes: Vec<Change>,
    /// The connections that the kernel knew of when all programs had ended.
    pub table: Vec<Row>,
}

/// A call by its place: the program, the thread, the entry.
pub type Place = (usize, usize, usize);

/// Every call of every thread, and when it began.
pub fn calls(seen: &Seen) -> impl Iterator<Item = (Place, Micros, &Call)> {
    seen.programs.iter().enumerate().flat_map(|(program, seen)| {
        seen.threads.iter().enumerate().flat_map(move |(thread, entries)| {
            entries.iter().enumerate().filter_map(move |(index, entry)| {
                match &entry.what {
                    strace::What::Call(call) => {
                        Some(((program, thread, index), entry.at, call))
                    }
                    _ => None,
                }
            })
        })
    })
}

/// When a call had certainly not begun yet, and when it had certainly ended: at the thread's next entry. (strace takes
/// its time before it lets a call go on, and does not count it, so a call may end somewhat later than strace says.)
pub fn span(seen: &Seen, (program, thread, index): Place) -> RangeInclusive<Micros> {
    let entries = &seen.programs[program].threads[thread];
    let end = entries.get(index + 1).map_or(Micros::MAX / 2, |next| next.at);
    entries[index].at - TOLERANCE..=end + TOLERANCE
}

/// What a call printed, and on which stream.
pub fn printed(call: &Call) -> Option<(&'static str, Vec<u8>)> {
    let stream = match (call.name.as_str(), call.descriptor()?) {
        ("write", 1) => "stdout",
        ("write", 2) => "stderr",
        _ => return None,
    };
    let (mut bytes, _) = strace::unquote(call.arguments.get(1)?)?;
    bytes.truncate(usize::try_from(call.number()?).ok()?);
    Some((stream, bytes))
}
