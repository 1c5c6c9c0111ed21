//! A program as a process of its own: what it prints is kept within bounds, and nothing that it started outlives it.

use crate::limit::within;
use crate::mutex::lock;
use crate::processes;
use crate::story::cut;
use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How many bytes of a stream are kept: the first of them, and beyond those the last.
const FIRST: usize = 1 << 20;
const LAST: usize = 1 << 18;

/// What a program has printed on one of its streams.
#[derive(Clone, Default)]
pub struct Printed {
    first: Vec<u8>,
    last: Vec<u8>,
    bytes: u64,
    lines: u64,
}

impl Printed {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.lines += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let (first, last) = bytes.split_at(bytes.len().min(FIRST - self.first.len()));
        self.first.extend_from_slice(first);
        self.last.extend_from_slice(last);
        if self.last.len() > 2 * LAST {
            self.last.drain(..self.last.len() - LAST);
        }
    }

    /// Whether it was more than could be kept: over a million bytes.
    pub fn is_too_much(&self) -> bool {
        self.bytes > FIRST as u64
    }

    /// How many lines it was.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// All of it, or as much of its beginning as was kept.
    pub fn beginning(&self) -> &[u8] {
        &self.first
    }

    /// The end of it, as text.
    pub fn end(&self) -> String {
        let first = &self.first[self.first.len().saturating_sub(LAST)..];
        let bytes = if self.last.is_empty() { first } else { &self.last };
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// Its last lines, at most so many, none of them longer than a terminal is wide.
    pub fn last_lines(&self, most: usize) -> Vec<String> {
        last_lines(&self.end(), most)
    }
}

/// The last lines of a text, at most so many, each cut to what a terminal shows in two lines.
pub fn last_lines(text: &str, most: usize) -> Vec<String> {
    const WIDTH: usize = 160;
    let lines: Vec<&str> = text.lines().collect();
    let last = lines[lines.len().saturating_sub(most)..].iter();
    last.map(|line| cut(line, WIDTH)).collect()
}

/// A program that runs, or has run. Dropping it ends it and all that it has started.
pub struct Program {
    child: Mutex<Child>,
    mark: String,
    keyboard: Mutex<Option<ChildStdin>>,
    stdout: Stream,
    stderr: Stream,
}

struct Stream {
    printed: Arc<Mutex<Printed>>,
    reader: JoinHandle<()>,
}

impl Stream {
    fn read(stream: Option<impl Read + Send + 'static>) -> Self {
        let printed = Arc::<Mutex<Printed>>::default();
        let kept = Arc::clone(&printed);
        let reader = thread::spawn(move || {
            let Some(mut stream) = stream else { return };
            let mut buffer = [0; 1 << 16];
            // What was printed before an error counts.
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                lock(&kept).add(&buffer[..count]);
            }
        });
        Self { printed, reader }
    }
}

impl Program {
    /// Starts a command, without standard input.
    pub fn start(command: Command) -> io::Result<Self> {
        Self::start_with(command, Stdio::null())
    }

    /// Starts a command as at a terminal: what it reads comes from [`Program::press_enter`], and does not end.
    pub fn start_at_keyboard(command: Command) -> io::Result<Self> {
        Self::start_with(command, Stdio::piped())
    }

    fn start_with(mut command: Command, stdin: Stdio) -> io::Result<Self> {
        let mark = processes::mark(&mut command);
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = processes::start(&mut command)?;
        let keyboard = Mutex::new(child.stdin.take());
        let stdout = Stream::read(child.stdout.take());
        let stderr = Stream::read(child.stderr.take());
        Ok(Self { child: Mutex::new(child), mark, keyboard, stdout, stderr })
    }

    /// Sends a newline to its standard input, if it is at a keyboard and still there.
    pub fn press_enter(&self) {
        if let Some(keyboard) = &mut *lock(&self.keyboard) {
            // It may have ended, or have closed it. What that is worth is for others to say.
            _ = keyboard.write_all(b"\n");
        }
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        lock(&self.child).id()
    }

    /// Waits until it has ended. `None` if it goes on after this moment.
    pub fn wait(&self, until: Option<Instant>) -> Option<ExitStatus> {
        loop {
            match lock(&self.child).try_wait() {
                Ok(Some(status)) => {
                    self.settle();
                    return Some(status);
                }
                Ok(None) if until.is_none_or(|until| Instant::now() < until) => {}
                _ => return None,
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// How it has ended, if it has.
    pub fn status(&self) -> Option<ExitStatus> {
        lock(&self.child).try_wait().ok().flatten()
    }

    /// Whether anything with its mark runs, itself or what it has started.
    pub fn has_left_something_running(&self) -> bool {
        processes::runs(&self.mark)
    }

    /// Its process, those that descend from it, and those that carry its mark.
    #[cfg(target_os = "linux")]
    pub(crate) fn processes(&self) -> Vec<u32> {
        let mut found = processes::with_descendants(self.id());
        found.extend(processes::marked(&self.mark));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Its last words count, and may still be under way. But what it has started may go on, and keep its streams open.
    fn settle(&self) {
        within(Duration::from_millis(300), || {
            self.stdout.reader.is_finished() && self.stderr.reader.is_finished()
        });
    }

    /// What it has printed so far on standard output.
    pub fn stdout(&self) -> Printed {
        lock(&self.stdout.printed).clone()
    }

    /// What it has printed so far on standard error.
    pub fn stderr(&self) -> Printed {
        lock(&self.stderr.printed).clone()
    }

    /// Ends it, and all that it has started.
    pub fn end(&self) {
        processes::end(&mut lock(&self.child), &self.mark);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_much_the_beginning_and_the_end_are_kept() {
        let mut printed = Printed::default();
        printed.add(b"begin\n");
        for _ in 0..4 {
            printed.add(&b"on and on\n".repeat(100_000));
        }
        printed.add(b"end\n");
        assert!(printed.is_too_much());
        assert_eq!(printed.lines(), 400_002);
        assert!(printed.beginning().starts_with(b"begin\non and on\n"));
        assert_eq!(printed.last_lines(2), ["on and on", "end"]);
        assert!(printed.first.len() + printed.last.len() <= FIRST + 2 * LAST);
    }

    #[test]
    fn a_long_line_is_cut() {
        let lines = last_lines(&"é".repeat(1000), 5);
        assert_eq!(lines, ["é".repeat(160) + "…"]);
    }
}
