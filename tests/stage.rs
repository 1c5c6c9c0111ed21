//! The stage on which programs are run: starts them, types into them, waits for what they print, and ends them.
//!
//! Everything that can block has a time limit, every program is ended and reaped whichever way the play goes, and what
//! goes wrong comes back as a story: what ran, what each program had printed, what was expected next.
//!
//! The tests use it, and `cargo book record`, which includes this very file.

#![allow(dead_code)] // each of the two leaves something to the other

use std::fmt::{self, Write as _};
use std::io::{self, Read, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use crate::scenarios::{Action, Scenario};

/// Where programs come from, and how one is ended.
pub trait Host {
    /// The command that runs this example with these arguments. `name` is the program's name in the scenario.
    fn command(&self, name: &str, example: &str, arguments: &[String]) -> Command;

    /// The address that servers are told to listen on.
    fn server_address(&self) -> &str {
        "127.0.0.1:0"
    }

    /// How long anything may take.
    fn limit(&self) -> Duration {
        Duration::from_secs(20)
    }

    /// Ends a program at once. It is reaped afterwards.
    fn kill(&self, child: &mut Child) -> io::Result<()> {
        child.kill()
    }
}

/// Why a play could not go on, told for a person.
#[derive(Debug)]
pub struct Story(pub String);

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Story {}

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
    fn address(&self) -> Option<SocketAddr> {
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
    fn wait<T>(
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
    fn end(&mut self, host: &dyn Host) {
        self.stdin = None;
        if self.status.is_none() {
            self.was_killed = true;
            let _ = host.kill(&mut self.child); // fails only if it has just ended
            self.status = self.child.wait().ok();
        }
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

/// The programs of one play. Dropping it ends those that still run.
pub struct Stage {
    host: Box<dyn Host>,
    actors: Vec<Actor>,
    server: Option<SocketAddr>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.end();
    }
}

impl Stage {
    pub fn new(host: Box<dyn Host>) -> Self {
        Stage { host, actors: Vec::new(), server: None }
    }

    /// Plays the whole scenario.
    pub fn play(&mut self, scenario: &Scenario) -> Result<(), Story> {
        scenario.play.iter().try_for_each(|action| self.perform(action))
    }

    /// Performs one action, and waits until it has had its effect.
    pub fn perform(&mut self, action: &Action) -> Result<(), Story> {
        let deadline = Instant::now() + self.host.limit();
        match *action {
            Action::Run(name) => self.start(name, Vec::new()),
            Action::Serve(name) => {
                self.start(name, vec![self.host.server_address().to_owned()])?;
                let found = self.actor_mut(name).wait(deadline, |actor| {
                    let over = actor.has_ended();
                    actor.address().map(Some).or(over.then_some(None))
                });
                self.server = found.flatten();
                match self.server {
                    Some(_) => Ok(()),
                    None => {
                        Err(self
                            .story(&format!("{name} to say which address it listens on")))
                    }
                }
            }
            Action::Connect(name, more) => {
                let Some(server) = self.server else {
                    return Err(self.story("a server to connect to"));
                };
                let mut arguments = vec![server.to_string()];
                arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
                self.start(name, arguments)
            }
            Action::Await(name, text) => {
                let found = self.actor_mut(name).wait(deadline, |actor| {
                    let over = actor.has_ended();
                    let found = actor.take_awaited(text);
                    (found || over).then_some(found)
                });
                match found {
                    Some(true) => Ok(()),
                    Some(false) | None => {
                        Err(self.story(&format!("{name} to print {text:?}")))
                    }
                }
            }
            Action::Unread(name, bytes) => self.wait_for_unread(name, bytes, deadline),
            Action::Type(name, text) => {
                let actor = self.actor_mut(name);
                actor.log.push(Stream::Stdin, text.as_bytes());
                let typed = match &mut actor.stdin {
                    Some(stdin) => {
                        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush())
                    }
                    None => Err(io::Error::other("its input has ended")),
                };
                typed.map_err(|error| {
                    self.story(&format!("{name} to take {text:?} ({error})"))
                })
            }
            Action::EndInput(name) => {
                let actor = self.actor_mut(name);
                actor.log.push(Stream::Stdin, b"");
                actor.stdin = None;
                Ok(())
            }
            Action::Ends(name) => self.exits_with(name, 0),
            Action::Fails(name) => self.exits_with(name, 1),
            Action::Kill(name) => {
                let found = self.actors.iter_mut().find(|actor| actor.name == name);
                if let Some(actor) = found {
                    actor.end(&*self.host);
                }
                Ok(())
            }
        }
    }

    /// Starts a program with these arguments.
    pub fn start(&mut self, name: &str, arguments: Vec<String>) -> Result<(), Story> {
        let example = name.split('-').next().unwrap_or(name).to_owned();
        let spawned = self
            .host
            .command(name, &example, &arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => return Err(self.story(&format!("{name} to start ({error})"))),
        };

        let log = Arc::new(Log::default());
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            readers.push(read_into(&log, Stream::Stdout, stdout));
        }
        if let Some(stderr) = child.stderr.take() {
            readers.push(read_into(&log, Stream::Stderr, stderr));
        }
        self.actors.push(Actor {
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
        });
        Ok(())
    }

    /// Ends whatever still runs. What was printed can still be asked for.
    pub fn end(&mut self) {
        for actor in &mut self.actors {
            actor.end(&*self.host);
        }
    }

    /// The programs in the order in which they were started.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// The program of this name. Panics if the play has none: a mistake in the scenario.
    pub fn actor(&self, name: &str) -> &Actor {
        let found = self.actors.iter().find(|actor| actor.name == name);
        found.unwrap_or_else(|| panic!("no program named {name} was started"))
    }

    fn actor_mut(&mut self, name: &str) -> &mut Actor {
        let found = self.actors.iter_mut().find(|actor| actor.name == name);
        found.unwrap_or_else(|| panic!("no program named {name} was started"))
    }

    /// The address of the server that was started last.
    pub fn server(&self) -> Option<SocketAddr> {
        self.server
    }

    /// Rewrites what must vary from run to run: see [`Varying`].
    pub fn normalise(&self, bytes: &[u8]) -> String {
        let mut varying = Varying::new(self.server);
        for actor in &self.actors {
            varying.learn(&String::from_utf8_lossy(&actor.stderr()));
            varying.learn(&String::from_utf8_lossy(&actor.screen()));
        }
        varying.rewrite(&String::from_utf8_lossy(bytes))
    }

    /// What has happened so far, and that `expected` did not.
    pub fn story(&self, expected: &str) -> Story {
        Story(format!("{}expected next: {expected}\n", self.so_far()))
    }

    /// What ran, and what each program has printed so far.
    pub fn so_far(&self) -> String {
        let mut story = String::new();
        for actor in &self.actors {
            let arguments = actor.arguments.join(" ");
            let state = match (actor.was_killed, actor.status) {
                (true, _) => "was ended by the test".to_owned(),
                (false, Some(status)) => format!("has ended ({status})"),
                (false, None) => "is running".to_owned(),
            };
            let _ = writeln!(story, "{} {arguments}\n  {state}", actor.name);
            for (what, bytes) in [("screen", actor.screen()), ("stderr", actor.stderr())]
            {
                for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                    let _ = writeln!(story, "  {what} | {}", line.escape_ascii());
                }
            }
        }
        story
    }

    /// Waits until the program has ended by itself and all its output is here.
    pub fn wait_for_exit(&mut self, name: &str) -> Result<ExitStatus, Story> {
        let deadline = Instant::now() + self.host.limit();
        let ended = self
            .actor_mut(name)
            .wait(deadline, |actor| if actor.has_ended() { actor.status } else { None });
        ended.ok_or_else(|| self.story(&format!("{name} to end by itself")))
    }

    /// Waits until `look` finds something, while this program runs. `None`: the time is up,
    /// or the program has ended.
    pub fn wait_until<T>(
        &mut self,
        name: &str,
        deadline: Instant,
        mut look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let found = self.actor_mut(name).wait(deadline, |actor| {
            let over = actor.has_ended();
            look().map(Some).or(over.then_some(None))
        });
        found.flatten()
    }

    /// Which end of a closed connection is in TIME-WAIT: `server` or `client`. Waits, while the
    /// program of this name runs, until one is. Panics if none comes to be.
    #[cfg(target_os = "linux")]
    pub fn who_waits(
        &mut self,
        name: &str,
        server: SocketAddr,
        client: SocketAddr,
    ) -> &'static str {
        const TIME_WAIT: &str = "06";
        let deadline = Instant::now() + self.host.limit();
        let ends = [server, client].map(|address| format!(":{:04X}", address.port()));
        let found = self.wait_until(name, deadline, || {
            connections().iter().find_map(|row| {
                let between = |local: &String, remote: &String| {
                    row.state == TIME_WAIT
                        && row.local.ends_with(local)
                        && row.remote.ends_with(remote)
                };
                if between(&ends[0], &ends[1]) {
                    Some("server")
                } else if between(&ends[1], &ends[0]) {
                    Some("client")
                } else {
                    None
                }
            })
        });
        found.unwrap_or_else(|| panic!("{}", self.story("one end to be in TIME-WAIT")))
    }

    fn exits_with(&mut self, name: &str, code: i32) -> Result<(), Story> {
        let status = self.wait_for_exit(name)?;
        if status.code() == Some(code) {
            return Ok(());
        }
        Err(self.story(&format!("{name} to end with exit status {code}")))
    }

    #[cfg(target_os = "linux")]
    fn wait_for_unread(
        &mut self,
        name: &str,
        bytes: usize,
        deadline: Instant,
    ) -> Result<(), Story> {
        let Some(server) = self.server else {
            return Err(self.story("a server with a connection"));
        };
        let is_server = self.actor(name).address() == Some(server);
        let mut unread = 0;
        let found = self.actor_mut(name).wait(deadline, |_| {
            unread = unread_bytes(server.port(), is_server);
            (unread == bytes).then_some(())
        });
        found.ok_or_else(|| {
            self.story(&format!("{bytes} bytes to lie unread at {name} ({unread} do)"))
        })
    }

    /// Only Linux tells. Elsewhere the play goes on at once, for what follows must come about in any case.
    #[cfg(not(target_os = "linux"))]
    fn wait_for_unread(&mut self, _: &str, _: usize, _: Instant) -> Result<(), Story> {
        Ok(())
    }
}

impl Actor {
    /// Looks for the text behind what was awaited before, on standard output or else on standard error.
    fn take_awaited(&mut self, text: &str) -> bool {
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
    fn has_ended(&mut self) -> bool {
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

/// A row of `/proc/net/tcp` (proc(5)), as far as we need it.
#[cfg(target_os = "linux")]
struct Connection {
    /// Address and port in hexadecimal: `0100007F:1770`.
    local: String,
    remote: String,
    state: String,
    /// Bytes in the receive buffer.
    unread: usize,
}

#[cfg(target_os = "linux")]
fn connections() -> Vec<Connection> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let row = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [_, local, remote, state, queues, ..] = columns[..] else {
            return None;
        };
        Some(Connection {
            local: local.to_owned(),
            remote: remote.to_owned(),
            state: state.to_owned(),
            unread: usize::from_str_radix(queues.split(':').nth(1)?, 16).ok()?,
        })
    };
    table.lines().skip(1).filter_map(row).collect()
}

/// How many bytes lie unread in the receive buffers of the connections of this server port,
/// on the server's side or on its clients', whether accepted or not.
#[cfg(target_os = "linux")]
fn unread_bytes(server_port: u16, on_server: bool) -> usize {
    const LISTEN: &str = "0A"; // there the column counts connections
    let port = format!(":{server_port:04X}");
    let table = connections().into_iter();
    let ours = table.filter(|row| {
        let end = if on_server { &row.local } else { &row.remote };
        end.ends_with(&port) && row.state != LISTEN
    });
    ours.map(|row| row.unread).sum()
}

/// What differs from one run to the next, and how a transcript writes it.
///
/// A port is written as 6000 if it is the server's, and otherwise as 53503, 53504, … in the order in which the ports
/// appear, program by program. That is all.
pub struct Varying {
    /// Real port, written port.
    ports: Vec<(String, String)>,
    next: u32,
}

impl Varying {
    pub fn new(server: Option<SocketAddr>) -> Self {
        let ports = server.map(|address| (address.port().to_string(), "6000".to_owned()));
        Varying { ports: ports.into_iter().collect(), next: 53503 }
    }

    /// Gives a number to each port that this text is the first to name.
    pub fn learn(&mut self, text: &str) {
        for (start, end) in ports_in(text) {
            let port = &text[start..end];
            let known = self.ports.iter().any(|(real, _)| real == port);
            if !known && port != "0" && port != "6000" {
                self.ports.push((port.to_owned(), self.next.to_string()));
                self.next += 1;
            }
        }
    }

    pub fn rewrite(&self, text: &str) -> String {
        let mut result = String::new();
        let mut done = 0;
        for (start, end) in ports_in(text) {
            result += &text[done..start];
            let known = self.ports.iter().find(|(real, _)| *real == text[start..end]);
            result += known.map_or(&text[start..end], |(_, written)| written);
            done = end;
        }
        result + &text[done..]
    }
}

/// Where the text has the digits of a port: behind an IPv4 or a bracketed IPv6 loopback address and a colon.
fn ports_in(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for host in ["127.0.0.1:", "[::1]:", "localhost:"] {
        for (at, _) in text.match_indices(host) {
            let start = at + host.len();
            let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                found.push((start, start + digits));
            }
        }
    }
    found.sort_unstable();
    found
}
