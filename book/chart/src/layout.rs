//! Where everything of a chart goes. The unit is that of the SVG's view box.
//!
//! The server's rails are on the left, the clients' on the right: for each thread a lane with a box for each call, and for
//! each socket a band in the colour of its state. Between them are the wire and all that is written. Every step has a
//! row of its own, so what is written there never meets anything else.

use std::collections::BTreeMap;

use crate::steps::Step;
use recorder::recording::{Kind, Recording};

/// The width of a thread's lane, and of a socket's band.
pub const LANE: u32 = 20;
pub const BAND: u32 = 9;
const GAP: u32 = 3;
/// The width of the text between the rails, and how many characters fit into it.
const MIDDLE: u32 = 272;
const CHARACTERS: usize = 41;
/// The height of a line of print.
pub const LINE: u32 = 13;
const HEAD: u32 = 18;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

/// How long all quiet stretches of a chart to scale are together.
const QUIET: u64 = 900;
/// From which length on a quiet stretch is labelled with its time.
const LABELLED: u32 = 40;

/// The row of a step.
pub struct Row {
    pub y: u32,
    pub height: u32,
    /// The quiet stretch before it, if it is long: where it begins, and its microseconds.
    pub quiet: Option<(u32, u64)>,
}

pub struct Layout {
    pub width: u32,
    pub height: u32,
    /// One for each step.
    pub rows: Vec<Row>,
    /// Where the text between the rails begins and ends.
    pub middle: (u32, u32),
    /// The side of each program.
    pub sides: Vec<Side>,
    /// Where the lane of each thread of each program begins.
    threads: BTreeMap<(usize, usize), u32>,
    /// Where the band of each socket begins, of those that have states or segments.
    sockets: BTreeMap<usize, u32>,
}

impl Layout {
    /// Lays out these steps. `to_scale`: the distance between two is their time in between, where that is more than their rows
    /// take.
    pub fn new(recording: &Recording, steps: &[Step], to_scale: bool) -> Layout {
        let sides = sides(recording);
        let mut x = 0;
        let (mut threads, mut sockets) = (BTreeMap::new(), BTreeMap::new());
        let mut place_threads = |program: usize, x: &mut u32| {
            let lanes = lanes(thread_spans(recording, steps, program));
            let count = lanes.values().max().map_or(0, |lane| lane + 1);
            for (thread, lane) in lanes {
                threads.insert((program, thread), *x + lane * (LANE + GAP));
            }
            *x += count * (LANE + GAP);
        };
        let mut place_sockets = |program: usize, x: &mut u32| {
            let lanes = lanes(socket_spans(recording, steps, program));
            let count = lanes.values().max().map_or(0, |lane| lane + 1);
            for (socket, lane) in lanes {
                sockets.insert(socket, *x + lane * (BAND + GAP));
            }
            *x += count * (BAND + GAP);
        };
        let (left, right): (Vec<_>, Vec<_>) =
            (0..sides.len()).partition(|program| sides[*program] == Side::Left);
        for program in left {
            place_threads(program, &mut x);
            place_sockets(program, &mut x);
        }
        let begin = x + GAP;
        x = begin + MIDDLE;
        let end = x;
        let heads = right.len().max(1) as u32;
        for program in right {
            x += GAP;
            place_sockets(program, &mut x);
            place_threads(program, &mut x);
        }

        let mut y = heads * HEAD + 4;
        let mut rows = Vec::new();
        let total = steps.last().map_or(0, Step::time);
        let mut before: Option<(u32, u64)> = None; // the row of the last step, and its time
        for step in steps {
            let height = match &step.event.kind {
                Kind::Segment(segment) if segment.is_bare_ack() => 19,
                Kind::Segment(_) => 23,
                Kind::Print(print) => wrap(&print.text).len() as u32 * LINE + 9,
                Kind::State(_) => 17,
                _ => 19,
            };
            let mut quiet = None;
            if let Some((start, time)) = before
                && to_scale
            {
                let micros = step.time().saturating_sub(time);
                let length = micros.saturating_mul(QUIET).checked_div(total).unwrap_or(0);
                let length = u32::try_from(length).unwrap_or(0);
                if start + length > y + LABELLED {
                    quiet = Some((y, micros));
                }
                y = y.max(start + length);
            }
            before = Some((y, step.time()));
            rows.push(Row { y, height, quiet });
            y += height;
        }
        Layout {
            width: x,
            height: y + 4,
            rows,
            middle: (begin, end),
            sides,
            threads,
            sockets,
        }
    }

    /// Where the lane of a thread begins.
    pub fn thread(&self, program: usize, thread: usize) -> u32 {
        let main = self.threads.get(&(program, 1));
        self.threads.get(&(program, thread)).or(main).copied().unwrap_or_default()
    }

    /// Where the band of a socket begins, if it has one.
    pub fn socket(&self, socket: usize) -> Option<u32> {
        self.sockets.get(&socket).copied()
    }

    /// The lower end of a step's row.
    pub fn bottom(&self, step: usize) -> u32 {
        self.rows[step].y + self.rows[step].height
    }

    /// The base line of the head of a program.
    pub fn head(&self, program: usize) -> u32 {
        let before = self.sides[..program].iter();
        let before = before.filter(|side| **side == self.sides[program]).count() as u32;
        before * HEAD + 13
    }
}

/// Servers are on the left, and a program that is alone.
fn sides(recording: &Recording) -> Vec<Side> {
    let roles = recording.programs.iter().map(|program| program.role == "server");
    let servers: Vec<bool> = roles.collect();
    let any = servers.contains(&true);
    let left = |(index, server): (usize, &bool)| *server || (!any && index == 0);
    let sides = servers.iter().enumerate().map(left);
    sides.map(|left| if left { Side::Left } else { Side::Right }).collect()
}

/// From which step to which each thread of a program makes calls. The first is there all the time.
fn thread_spans(
    recording: &Recording,
    steps: &[Step],
    program: usize,
) -> BTreeMap<usize, (usize, usize)> {
    let mut spans = BTreeMap::from([(1, (0, usize::MAX))]);
    for (at, step) in steps.iter().enumerate() {
        let (of, thread) = match &step.event.kind {
            Kind::Call(call) => (&call.program, call.thread),
            Kind::Print(print) => (&print.program, print.thread),
            _ => continue,
        };
        if recording.program(of) == program {
            let span = spans.entry(thread).or_insert((at, at));
            span.1 = span.1.max(step.until);
        }
    }
    spans
}

/// From which step to which each socket of a program has a state, or a segment.
fn socket_spans(
    recording: &Recording,
    steps: &[Step],
    program: usize,
) -> BTreeMap<usize, (usize, usize)> {
    let mut spans = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        let named: Vec<(&str, bool)> = match &step.event.kind {
            Kind::State(state) => vec![(&state.socket, state.to != "CLOSED")],
            Kind::Segment(it) => {
                it.from.iter().chain(&it.to).map(|it| (&**it, false)).collect()
            }
            _ => continue,
        };
        for (socket, goes_on) in named {
            let socket = recording.socket(socket);
            if recording.program(&recording.sockets[socket].program) == program {
                let span = spans.entry(socket).or_insert((at, at));
                span.1 = match step.event.kind {
                    Kind::State(_) if goes_on => usize::MAX,
                    Kind::State(_) => at,
                    _ => span.1.max(at),
                };
            }
        }
    }
    spans
}

/// Gives each span a lane, so that those in one lane never meet.
fn lanes<K: Ord + Copy>(spans: BTreeMap<K, (usize, usize)>) -> BTreeMap<K, u32> {
    let mut spans: Vec<_> = spans.into_iter().collect();
    spans.sort_by_key(|(_, (from, _))| *from);
    let mut ends: Vec<usize> = Vec::new();
    let place = |(key, (from, to)): (K, (usize, usize))| {
        let free = ends.iter().position(|end| *end < from);
        let lane = free.unwrap_or(ends.len());
        if lane == ends.len() {
            ends.push(to);
        } else {
            ends[lane] = to;
        }
        (key, lane as u32)
    };
    spans.into_iter().map(place).collect()
}

/// Cuts a printed text into lines that fit between the rails.
pub fn wrap(text: &str) -> Vec<String> {
    let text = match text {
        "\n" => "⏎",
        text => text.strip_suffix('\n').unwrap_or(text),
    };
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let characters: Vec<char> = line.chars().collect();
        if characters.is_empty() {
            lines.push(String::new());
        }
        for piece in characters.chunks(CHARACTERS + 2) {
            lines.push(piece.iter().collect());
        }
    }
    const MOST: usize = 8;
    if lines.len() > MOST {
        lines.truncate(MOST - 1);
        lines.push("…".into());
    }
    lines
}

/// A time in the unit in which it reads best.
pub fn time(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{:.2} s", micros as f64 / 1e6),
    }
}

/// Shortens a text to what fits between the rails beside so many characters.
pub fn shorten(text: &str, beside: usize) -> String {
    let room = CHARACTERS.saturating_sub(beside).max(4);
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(room - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Layer;
    use crate::steps;

    #[test]
    fn a_quiet_stretch_is_as_long_as_its_time() {
        let recording = Recording::read("03_accept_late", &crate::home());
        let recording = recording.unwrap_or_else(|error| panic!("{error:#}"));
        let steps = steps::of(&recording, Layer::Segments);
        let layout = Layout::new(&recording, &steps, true);
        let quiet =
            layout.rows.iter().filter_map(|row| row.quiet.map(|it| (row.y - it.0, it.1)));
        let (length, micros) =
            quiet.max_by_key(|(_, micros)| *micros).expect("there is one");
        assert!(
            (500_000..1_100_000).contains(&micros),
            "the SYN is sent again after a second"
        );
        assert!(u64::from(length) > QUIET / 2, "{length} of {QUIET}");
        let close = Layout::new(&recording, &steps, false);
        assert!(close.rows.iter().all(|row| row.quiet.is_none()));
        assert!(close.height + length < layout.height + LABELLED);
        assert_eq!(["1.04 s", "40 ms", "7 µs"], [1_040_000, 40_900, 7].map(time));
    }
}
