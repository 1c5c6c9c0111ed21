//! A program on the stage: what passes between it and its terminal, and how it ends.

use std::cell::{RefCell, RefMut};
use std::io::{self, Read, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use crate::Launcher;
use crate::scenarios::example;

/// What passed between a program and its terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdin,
    Stdout,
    Stderr,
}

/// Bytes that passed, and when they were seen to pass. None are the end of the stream.
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
    /// What passes, from all who see it pass; and what has passed, once it has been taken in.
    news: (Sender<Passed>, Receiver<Passed>),
    log: RefCell<Vec<Passed>>,
    readers: Vec<JoinHandle<()>>,
    status: Option<ExitStatus>,
    was_killed: bool,
    /// How far standard output and standard error have been awaited.
    awaited: [usize; 2],
}

impl Actor {
    /// Starts a program of this name with these arguments.
    pub(crate) fn start(
        launcher: &dyn Launcher,
        name: &str,
        arguments: Vec<String>,
    ) -> io::Result<Self> {
        let example = example(name);
        let mut child = launcher
            .command(name, example, &arguments)
            // Or an error would end with a backtrace.
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_LIB_BACKTRACE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let news = mpsc::channel();
        let stdout = child.stdout.take().map(|it| read(it, Stream::Stdout, &news.0));
        let stderr = child.stderr.take().map(|it| read(it, Stream::Stderr, &news.0));
        Ok(Actor {
            name: name.to_owned(),
            example: example.to_owned(),
            arguments,
            stdin: child.stdin.take(),
            child,
            news,
            log: RefCell::default(),
            readers: stdout.into_iter().chain(stderr).collect(),
            status: None,
            was_killed: false,
            awaited: [0, 0],
        })
    }

    /// What it printed on standard output, with what was typed where it was typed, as on a terminal.
    pub fn screen(&self) -> Vec<u8> {
        self.bytes_of(&[Stream::Stdin, Stream::Stdout])
    }

    pub fn stdout(&self) -> Vec<u8> {
        self.bytes_of(&[Stream::Stdout])
    }

    pub fn stderr(&self) -> Vec<u8> {
        self.bytes_of(&[Stream::Stderr])
    }

    /// All that passed between it and its terminal, in order.
    pub fn passed(&self) -> Vec<Passed> {
        self.log().clone()
    }

    fn log(&self) -> RefMut<'_, Vec<Passed>> {
        let mut log = self.log.borrow_mut();
        log.extend(self.news.1.try_iter());
        log
    }

    fn bytes_of(&self, streams: &[Stream]) -> Vec<u8> {
        let log = self.log();
        let wanted = log.iter().filter(|passed| streams.contains(&passed.stream));
        wanted.flat_map(|passed| passed.bytes.iter().copied()).collect()
    }

    /// The process id of the command that was run.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The first address that it named, on either stream: a server's is the one that it listens on.
    pub fn address(&self) -> Option<SocketAddr> {
        [Stream::Stderr, Stream::Stdout].iter().find_map(|stream| {
            let bytes = self.bytes_of(&[*stream]);
            let text = String::from_utf8_lossy(&bytes);
            // Whole lines only: the port may still be on its way.
            let lines = &text[..text.rfind('\n')? + 1];
            lines.split_whitespace().find_map(|word| word.parse().ok())
        })
    }

    /// Waits for news of the program until `done` says what came of it. None: the time is up, or the program has ended
    /// without it.
    pub(crate) fn wait<T>(
        &mut self,
        deadline: Instant,
        mut done: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<T> {
        loop {
            let over = self.has_ended();
            if let Some(result) = done(self) {
                return Some(result);
            }
            let left = deadline.checked_duration_since(Instant::now());
            // Output wakes us. What makes no noise, such as a program's end, is looked for every 10 ms.
            let pause = left.filter(|_| !over)?.min(Duration::from_millis(10));
            let news = self.news.1.recv_timeout(pause);
            self.log.get_mut().extend(news);
        }
    }

    /// Ends the program if it still runs, and takes in the last of its output.
    pub(crate) fn end(&mut self, launcher: &dyn Launcher) {
        self.stdin = None;
        if self.status.is_none() {
            self.was_killed = true;
            let _ = launcher.kill(&self.name, &mut self.child); // fails only if it has just ended
            self.status = self.child.wait().ok();
        }
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }

    /// Types this on its standard input.
    pub(crate) fn type_in(&mut self, text: &str) -> io::Result<()> {
        pass(&self.news.0, Stream::Stdin, text.as_bytes());
        match &mut self.stdin {
            Some(stdin) => stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()),
            None => Err(io::Error::other("its input has ended")),
        }
    }

    /// Ends its standard input.
    pub(crate) fn end_input(&mut self) {
        pass(&self.news.0, Stream::Stdin, b"");
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
        for (index, stream) in [Stream::Stdout, Stream::Stderr].into_iter().enumerate() {
            let bytes = self.bytes_of(&[stream]);
            let seen = &mut self.awaited[index];
            let mut parts = bytes[*seen..].windows(text.len());
            if let Some(at) = parts.position(|part| part == text.as_bytes()) {
                *seen += at + text.len();
                return true;
            }
        }
        false
    }

    /// Whether nothing more can come from it: the process has ended, and both streams of its output.
    pub(crate) fn has_ended(&mut self) -> bool {
        if self.status.is_none() {
            self.status = self.child.try_wait().ok().flatten();
        }
        let is_end = |it: &&Passed| it.stream != Stream::Stdin && it.bytes.is_empty();
        self.status.is_some() && self.log().iter().filter(is_end).count() == 2
    }
}

/// Tells that these bytes pass.
fn pass(news: &Sender<Passed>, stream: Stream, bytes: &[u8]) {
    let passed = Passed { at: SystemTime::now(), stream, bytes: bytes.to_vec() };
    let _ = news.send(passed); // fails only if the actor is gone
}

fn read(
    mut source: impl Read + Send + 'static,
    stream: Stream,
    news: &Sender<Passed>,
) -> JoinHandle<()> {
    let news = news.clone();
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        loop {
            let n = source.read(&mut buffer).unwrap_or(0);
            pass(&news, stream, &buffer[..n]);
            if n == 0 {
                break;
            }
        }
    })
}
