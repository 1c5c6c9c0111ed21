//! A program on the stage: what passes between it and its terminal, and how it ends.

use std::io::{self, Read, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use crate::Launcher;

/// What passed between a program and its terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdin,
    Stdout,
    Stderr,
}

/// Bytes that passed, and when they were seen to pass. On standard input, none are the end of it.
#[derive(Clone, Debug)]
pub struct Passed {
    pub at: SystemTime,
    pub stream: Stream,
    pub bytes: Vec<u8>,
}

/// A program on the stage, running or ended.
pub struct Actor {
    /// Its name in the scenario: the example, with a suffix where that alone would not do.
    pub name: String,
    pub example: String,
    pub arguments: Vec<String>,
    child: Child,
    stdin: Option<ChildStdin>,
    log: Arc<Log>,
    readers: Vec<JoinHandle<()>>,
    status: Option<ExitStatus>,
    was_killed: bool,
    /// How far standard output and standard error have been awaited.
    awaited: [usize; 2],
}

#[derive(Default)]
struct Log {
    state: Mutex<LogState>,
    news: Condvar,
}

#[derive(Default)]
struct LogState {
    passed: Vec<Passed>,
    /// How many of the two output streams have ended.
    ended: usize,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, stream: Stream, bytes: &[u8]) {
        let at = SystemTime::now();
        self.lock().passed.push(Passed { at, stream, bytes: bytes.to_vec() });
        self.news.notify_all();
    }
}

impl LogState {
    fn bytes_of(&self, streams: &[Stream]) -> Vec<u8> {
        let wanted = self.passed.iter().filter(|p| streams.contains(&p.stream));
        wanted.flat_map(|p| p.bytes.iter().copied()).collect()
    }
}

impl Actor {
    /// Starts a program of this name with these arguments.
    pub(crate) fn start(
        launcher: &dyn Launcher,
        name: &str,
        arguments: Vec<String>,
    ) -> io::Result<Self> {
        let example = name.split('-').next().unwrap_or(name).to_owned();
        let mut child = launcher
            .command(name, &example, &arguments)
            // Or an error would end with a backtrace.
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_LIB_BACKTRACE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = Arc::new(Log::default());
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            readers.push(read_into(&log, Stream::Stdout, stdout));
        }
        if let Some(stderr) = child.stderr.take() {
            readers.push(read_into(&log, Stream::Stderr, stderr));
        }
        Ok(Actor {
            name: name.to_owned(),
            example,
            arguments,
            stdin: child.stdin.take(),
            child,
            log,
            readers,
            status: None,
            was_killed: false,
            awaited: [0, 0],
        })
    }

    /// What it printed on standard output, with what was typed where it was typed, as on a terminal.
    pub fn screen(&self) -> Vec<u8> {
        self.log.lock().bytes_of(&[Stream::Stdin, Stream::Stdout])
    }

    pub fn stdout(&self) -> Vec<u8> {
        self.log.lock().bytes_of(&[Stream::Stdout])
    }

    pub fn stderr(&self) -> Vec<u8> {
        self.log.lock().bytes_of(&[Stream::Stderr])
    }

    /// All that passed between it and its terminal, in order.
    pub fn passed(&self) -> Vec<Passed> {
        self.log.lock().passed.clone()
    }

    /// The process id of the command that was run.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The first address that it named, on either stream: a server's is the one that it listens on.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        let log = self.log.lock();
        [Stream::Stderr, Stream::Stdout].iter().find_map(|stream| {
            let bytes = log.bytes_of(&[*stream]);
            let text = String::from_utf8_lossy(&bytes);
            // Whole lines only: the port may still be on its way.
            let lines = &text[..text.rfind('\n')? + 1];
            lines.split_whitespace().find_map(|word| word.parse().ok())
        })
    }

    /// Waits for news of the program until `done` says what came of it, or the time is up.
    pub(crate) fn wait<T>(
        &mut self,
        deadline: Instant,
        mut done: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let log = Arc::clone(&self.log);
        loop {
            if let Some(result) = done(self) {
                return Some(result);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            // Output wakes us. What makes no noise, such as a program's end, is looked for every 10 ms.
            let pause = left.min(Duration::from_millis(10));
            drop(log.news.wait_timeout(log.lock(), pause));
        }
    }

    /// Ends the program if it still runs, and takes in the last of its output.
    pub(crate) fn end(&mut self, launcher: &dyn Launcher) {
        self.stdin = None;
        if self.status.is_none() {
            self.was_killed = true;
            let _ = launcher.kill(&mut self.child); // fails only if it has just ended
            self.status = self.child.wait().ok();
        }
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }

    /// Types this on its standard input.
    pub(crate) fn type_in(&mut self, text: &str) -> io::Result<()> {
        self.log.push(Stream::Stdin, text.as_bytes());
        match &mut self.stdin {
            Some(stdin) => stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()),
            None => Err(io::Error::other("its input has ended")),
        }
    }

    /// Ends its standard input.
    pub(crate) fn end_input(&mut self) {
        self.log.push(Stream::Stdin, b"");
        self.stdin = None;
    }

    /// How it has ended by itself, once all its output is here.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        if self.has_ended() { self.status } else { None }
    }

    /// How it is: running, ended, or ended by the test.
    pub(crate) fn state(&self) -> String {
        match (self.was_killed, self.status) {
            (true, _) => "was ended by the test".to_owned(),
            (false, Some(status)) => format!("has ended ({status})"),
            (false, None) => "is running".to_owned(),
        }
    }

    /// Looks for the text after what was awaited before, on standard output or else on standard error.
    pub(crate) fn take_awaited(&mut self, text: &str) -> bool {
        for (stream, seen) in
            [Stream::Stdout, Stream::Stderr].iter().zip(&mut self.awaited)
        {
            let bytes = self.log.lock().bytes_of(&[*stream]);
            let new = &bytes[*seen..];
            if let Some(at) =
                new.windows(text.len()).position(|part| part == text.as_bytes())
            {
                *seen += at + text.len();
                return true;
            }
        }
        false
    }

    /// Whether the process has ended. Its last output may still be on its way here.
    fn has_exited(&mut self) -> bool {
        if self.status.is_none() {
            self.status = self.child.try_wait().ok().flatten();
        }
        self.status.is_some()
    }

    /// Whether nothing more can come from it.
    pub(crate) fn has_ended(&mut self) -> bool {
        let ended = self.log.lock().ended == 2;
        self.has_exited() && ended
    }
}

fn read_into(
    log: &Arc<Log>,
    stream: Stream,
    mut source: impl Read + Send + 'static,
) -> JoinHandle<()> {
    let log = Arc::clone(log);
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        loop {
            match source.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(n) => log.push(stream, &buffer[..n]),
            }
        }
        log.lock().ended += 1;
        log.news.notify_all();
    })
}
