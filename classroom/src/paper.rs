//! A connection on paper: what comes in is written down beforehand, and every call is noted.

use crate::story::{Graded, Story, quoted};
use std::collections::VecDeque;
use std::io::{self, Read, Write};

/// A stand-in for a connection, for what can't be seen from the other end of a real one: how many calls are made.
///
/// Each read gets one of the pieces, then nothing more, as at the end of a stream.
#[derive(Default)]
pub struct Paper {
    incoming: VecDeque<Vec<u8>>,
    most: Option<usize>,
    calls: Vec<String>,
}

impl Paper {
    /// A connection on which these pieces come in, one with each read.
    pub fn with(pieces: &[&str]) -> Self {
        Self {
            incoming: pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect(),
            ..Self::default()
        }
    }

    /// One that takes at most so many bytes with each write, as a connection does whose buffer is nearly full.
    pub fn narrow(most: usize) -> Self {
        Self { most: Some(most), ..Self::default() }
    }

    /// The calls in their order, one a line: `recv = 3 "Ann"`, `send "Hello" = 5`.
    pub fn calls(&self) -> String {
        self.calls.iter().map(|call| format!("{call}\n")).collect()
    }

    /// Compares the calls with a recording of them; empty lines and indentation don't count.
    pub fn recorded(&self, recording: &str) -> Graded {
        same_calls(recording, &self.calls())
    }

    /// Compares the calls with those that are right; empty lines and indentation don't count.
    pub fn makes(&self, expected: &str) -> Graded {
        let headline = "your program does not make the calls that it should";
        compare(headline, "expected", expected, &self.calls())
    }
}

/// Compares calls, one a line, with a recording of them; empty lines and indentation don't count.
pub(crate) fn same_calls(recording: &str, calls: &str) -> Graded {
    let headline = "your program does not make the calls of the recording";
    compare(headline, "recorded", recording, calls)
}

fn compare(headline: &str, label: &str, right: &str, calls: &str) -> Graded {
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    };
    let (right, calls) = (lines(right), lines(calls));
    let all = 0..right.len().max(calls.len());
    let Some(parting) = all.into_iter().find(|&i| right.get(i) != calls.get(i)) else {
        return Ok(());
    };
    let line =
        |lines: &[String]| lines.get(parting).map_or("no call".into(), String::clone);
    let before = match parting {
        0 => String::from("(none)"),
        _ => calls[..parting].join("\n"),
    };
    Err(Story::new(headline)
        .ending(format!("The calls that are right:\n{before}"))
        .ending(format!(
            "Call {}:\n{label}  {}\nyours     {}",
            parting + 1,
            line(&right),
            line(&calls)
        )))
}

/// Who goes on sending after so many calls will go on for ever.
const MOST_IN_VAIN: usize = 20;

impl Read for Paper {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.calls.len() > 1000 {
            return Err(io::Error::other("a thousand calls, and no end"));
        }
        let Some(mut piece) = self.incoming.pop_front() else {
            self.calls.push(String::from("recv = 0"));
            return Ok(0);
        };
        let count = piece.len().min(buffer.len());
        buffer[..count].copy_from_slice(&piece[..count]);
        let rest = piece.split_off(count);
        if !rest.is_empty() {
            self.incoming.push_front(rest);
        }
        self.calls.push(format!("recv = {count} {}", quoted(&piece)));
        Ok(count)
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.calls.len() > 1000 {
            return Err(io::Error::other("a thousand calls, and no end"));
        }
        let count = bytes.len().min(self.most.unwrap_or(usize::MAX));
        if count == 0 && self.calls.len() >= MOST_IN_VAIN {
            return Err(io::Error::other(
                "nothing is taken, again and again, and no end",
            ));
        }
        self.calls.push(format!("send {} = {count}", quoted(bytes)));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
