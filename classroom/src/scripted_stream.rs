//! A connection that follows a script: what comes in is laid down beforehand, and every call is noted.

use crate::mutex::lock;
use crate::story::{Outcome, Story, quoted};
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard};

/// A stand-in for a connection, for what can't be seen from the other end of a real one: how many calls are made, and what else
/// is so at each of them.
///
/// Each read gets one of the pieces, then nothing more, as at the end of a stream.
#[derive(Default)]
pub struct ScriptedStream {
    incoming: VecDeque<Vec<u8>>,
    most: Option<usize>,
    write_alone: bool,
    calls: Calls,
    remark: Option<Box<dyn Fn() -> String + Send>>,
}

impl ScriptedStream {
    /// A connection on which these pieces come in, one with each read.
    pub fn with(pieces: &[&str]) -> Self {
        let mut stream = Self::default();
        stream.incoming.extend(pieces.iter().map(|piece| piece.as_bytes().to_vec()));
        stream
    }

    /// One that takes at most so many bytes with each write, as a connection does whose buffer is nearly full.
    pub fn narrow(most: usize) -> Self {
        let mut stream = Self::default();
        stream.most = Some(most);
        stream
    }

    /// Has no `write_all`: it is for students who build it themselves.
    pub fn with_write_alone(mut self) -> Self {
        self.write_alone = true;
        self
    }

    /// Adds a remark to each call, and to the close: what `remark` says at that moment.
    pub fn remarking(mut self, remark: impl Fn() -> String + Send + 'static) -> Self {
        self.remark = Some(Box::new(remark));
        self
    }

    /// The calls, also of later, for a test that gives the connection away.
    pub fn calls(&self) -> Calls {
        self.calls.clone()
    }

    /// Compares the calls with a recording of them; empty lines and indentation don't count.
    pub fn recorded(&self, recording: &str) -> Outcome {
        same_calls(recording, &self.calls.text())
    }

    /// Compares the calls with those that are right; empty lines and indentation don't count.
    pub fn makes(&self, expected: &str) -> Outcome {
        self.calls.are(expected)
    }

    /// A program that goes on and on has to stop somewhere.
    fn goes_on(&self) -> io::Result<()> {
        match self.calls.lock().len() {
            ..=1000 => Ok(()),
            _ => Err(io::Error::other("a thousand calls, and no end")),
        }
    }

    fn note(&self, call: String) {
        let remark = self.remark.as_ref().map(|remark| format!("   {}", remark()));
        self.calls.lock().push(call + &remark.unwrap_or_default());
    }
}

impl Drop for ScriptedStream {
    fn drop(&mut self) {
        self.note(String::from("close"));
    }
}

/// The calls on a connection in their order, one a line: `recv = 3 "Ann"`, `send "Hello" = 5`, `close`.
#[derive(Clone, Default)]
pub struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    /// Compares the calls with those that are right; empty lines and indentation don't count.
    pub fn are(&self, expected: &str) -> Outcome {
        let headline = "your program does not make the calls that it should";
        compare(headline, "expected", expected, &self.text())
    }

    fn text(&self) -> String {
        self.lock().iter().map(|call| format!("{call}\n")).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        lock(&self.0)
    }
}

/// Compares calls, one a line, with a recording of them; empty lines and indentation don't count.
pub(crate) fn same_calls(recording: &str, calls: &str) -> Outcome {
    let headline = "your program does not make the calls of the recording";
    compare(headline, "recorded", recording, calls)
}

fn compare(headline: &str, label: &str, right: &str, calls: &str) -> Outcome {
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

/// A program that goes on sending after so many calls would never stop.
const MOST_IN_VAIN: usize = 20;

impl Read for ScriptedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.goes_on()?;
        let Some(mut piece) = self.incoming.pop_front() else {
            self.note(String::from("recv = 0"));
            return Ok(0);
        };
        let count = piece.len().min(buffer.len());
        buffer[..count].copy_from_slice(&piece[..count]);
        let rest = piece.split_off(count);
        if !rest.is_empty() {
            self.incoming.push_front(rest);
        }
        self.note(format!("recv = {count} {}", quoted(&piece)));
        Ok(count)
    }
}

impl Write for ScriptedStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.goes_on()?;
        let count = bytes.len().min(self.most.unwrap_or(usize::MAX));
        if count == 0 && self.calls.lock().len() >= MOST_IN_VAIN {
            return Err(io::Error::other(
                "nothing is taken, again and again, and no end",
            ));
        }
        self.note(format!("send {} = {count}", quoted(bytes)));
        Ok(count)
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        if self.write_alone {
            return Err(io::Error::other("`write_all` is what you are building here"));
        }
        while !bytes.is_empty() {
            match self.write(bytes)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => bytes = &bytes[count..],
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
