//! What was seen of a scenario, before it is put together.

use std::ops::RangeInclusive;

use procfs::net::TcpNetEntry;

use crate::lines::Lines;
use crate::recording;
use crate::states::Change;
use crate::strace::{self, Call, Thread};
use crate::tools::Micros;
use crate::wire::Segment;

/// How far two clocks that are one may disagree: each is cut to microseconds.
pub const TOLERANCE: Micros = 5;

/// What was seen of one program.
pub struct Program {
    /// As the recording lists it, with the ports as they were.
    pub listed: recording::Program,
    /// In the order in which they were started.
    pub threads: Vec<Thread>,
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
    pub table: Vec<TcpNetEntry>,
}

/// A call by its place: the program, the thread, the call.
pub type Place = (usize, usize, usize);

/// Every call of every thread.
pub fn calls(seen: &Seen) -> impl Iterator<Item = (Place, &Call)> {
    seen.programs.iter().enumerate().flat_map(|(program, seen)| {
        seen.threads.iter().enumerate().flat_map(move |(thread, seen)| {
            let calls = seen.calls.iter().enumerate();
            calls.map(move |(index, call)| ((program, thread, index), call))
        })
    })
}

/// When a call had certainly not begun yet, and when it had certainly ended: at the thread's next. (strace takes
/// its time before it lets a call go on, and does not count it, so a call may end somewhat later than strace says.)
pub fn span(seen: &Seen, (program, thread, index): Place) -> RangeInclusive<Micros> {
    let Thread { calls, end } = &seen.programs[program].threads[thread];
    let next = calls.get(index + 1).map(|call| call.at);
    let end = next.or(end.as_ref().map(|(at, _)| *at)).unwrap_or(Micros::MAX / 2);
    calls[index].at - TOLERANCE..=end + TOLERANCE
}

/// What a call printed, and on which stream.
pub fn printed(call: &Call) -> Option<(&'static str, Vec<u8>)> {
    let stream = match (call.name.as_str(), call.descriptor()?) {
        ("write", 1) => "stdout",
        ("write", 2) => "stderr",
        _ => return None,
    };
    let mut bytes = strace::unquote(call.arguments.get(1)?)?;
    bytes.truncate(usize::try_from(call.number()?).ok()?);
    Some((stream, bytes))
}
