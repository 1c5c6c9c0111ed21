//! The program under test: a function on a thread of its own, or a command. It is watched, and can be asked what it does.

use crate::blocked::{self, Which, Whose};
use crate::call::Returned;
use crate::crash::{self, Crash};
use crate::faults::{self, Fault};
use crate::limit::{limit, within};
use crate::mutex::lock;
use crate::program::Program;
use crate::story::{Log, Outcome, Story};
use crate::watch;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How a program ended.
#[derive(Clone)]
enum End {
    Returned,
    Failed(String),
    Panicked,
    Exited(ExitStatus),
}

pub(crate) struct Student {
    /// `your server`, `your client`
    pub what: String,
    /// What has happened to it.
    pub log: Log,
    body: Body,
    end: Arc<Mutex<Option<End>>>,
    /// How often it was waited for in vain to be at rest.
    given_up: AtomicUsize,
}

enum Body {
    Thread(String),
    Program(Arc<Program>),
}

impl Student {
    /// Starts a function on a thread. The receiver gets its value; it is cut off if there is none.
    pub fn function<R: Returned>(
        what: &str,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> (Arc<Self>, Receiver<R::Value>) {
        static COUNT: AtomicUsize = AtomicUsize::new(1);
        watch::prepare();
        let name = format!("{}{}", watch::NAME, COUNT.fetch_add(1, Ordering::Relaxed));
        let end = Arc::new(Mutex::new(None));
        let (sender, receiver) = mpsc::channel();
        let set_end = Arc::clone(&end);
        let body = move || {
            let outcome = panic::catch_unwind(AssertUnwindSafe(|| function().outcome()));
            let (ended, value) = match outcome {
                Ok(Ok(value)) => (End::Returned, Some(value)),
                Ok(Err(error)) => (End::Failed(error), None),
                Err(_) => (End::Panicked, None),
            };
            *lock(&set_end) = Some(ended);
            if let Some(value) = value {
                // Nobody may be interested.
                _ = sender.send(value);
            }
        };
        if let Err(error) = thread::Builder::new().name(name.clone()).spawn(body) {
            *lock(&end) = Some(End::Failed(format!("no thread can be started: {error}")));
        }
        (Self::new(what, Log::default(), Body::Thread(name), end), receiver)
    }

    /// Starts a command. The receiver gets what it printed, once it has ended.
    pub fn program(
        what: &str,
        words: &[String],
        log: Log,
    ) -> Outcome<(Arc<Self>, Receiver<Vec<u8>>)> {
        Self::started(what, words, log, Program::start)
    }

    /// Starts a command as at a terminal: it may wait for Enter.
    pub fn program_at_keyboard(
        what: &str,
        words: &[String],
        log: Log,
    ) -> Outcome<(Arc<Self>, Receiver<Vec<u8>>)> {
        Self::started(what, words, log, Program::start_at_keyboard)
    }

    fn started(
        what: &str,
        words: &[String],
        log: Log,
        start: fn(Command) -> io::Result<Program>,
    ) -> Outcome<(Arc<Self>, Receiver<Vec<u8>>)> {
        let (name, arguments) = words
            .split_first()
            .ok_or_else(|| Story::new(format!("the command of {what} is empty")))?;
        let mut command = Command::new(name);
        // Of `cargo run`, only what the compiler says matters.
        command.args(arguments).env("CARGO_TERM_QUIET", "true");
        let program = start(command).map_err(|error| {
            Story::new(format!("{what} can't be started: `{}`: {error}", words.join(" "))).ending(
                "Does the command work when you type it, in this folder, with a port number for {port}?",
            )
        })?;
        let program = Arc::new(program);
        let end = Arc::new(Mutex::new(None));
        let (sender, receiver) = mpsc::channel();
        let (waited, set_end) = (Arc::clone(&program), Arc::clone(&end));
        thread::spawn(move || {
            if let Some(status) = waited.wait(None) {
                *lock(&set_end) = Some(End::Exited(status));
            }
            // Nobody may be interested.
            _ = sender.send(waited.stdout().beginning().to_vec());
        });
        Ok((Self::new(what, log, Body::Program(program), end), receiver))
    }

    fn new(what: &str, log: Log, body: Body, end: Arc<Mutex<Option<End>>>) -> Arc<Self> {
        let given_up = AtomicUsize::new(0);
        Arc::new(Self { what: what.to_owned(), log, body, end, given_up })
    }

    /// A story about this program: what it did (`said something else`), and what it is doing now. With a connection, its end at the
    /// program and the other, it is told of the thread or process that serves it. `fault` is asked for the fault behind it once the
    /// program has had the time to go down: with whether it has accepted the connection, as far as the system tells, and how it
    /// has crashed.
    pub fn story(
        &self,
        did: &str,
        ending: &str,
        fault: impl FnOnce(bool, Option<&str>) -> Option<Fault>,
        connection: Option<(SocketAddr, SocketAddr)>,
    ) -> Story {
        // What ends a program ends its connections first: give it the time to have ended.
        self.until_over_it();
        if let Some(place) = self.todo() {
            let headline = "is not written yet: there is a todo!() at";
            return Story::new(format!("{} {headline} {place}", self.what));
        }
        let (state, accepted) = self.state(connection);
        let fault = fault(accepted, self.crash().as_deref());
        let mut story = self.brief(did, ending).common(fault).of_crash();
        if let Some(state) = state {
            story = story.ending(format!("By then {state}."));
        }
        if let Some(program) = self.command() {
            let printed = program.stdout();
            if printed.is_too_much() {
                let much = format!("It has printed {} lines so far.", printed.lines());
                story = story.ending(much);
            }
            let last = program.stderr().last_lines(12);
            if !last.is_empty() {
                let last = last.join("\n");
                story = story.ending(format!("The end of its standard error:\n{last}"));
            }
        }
        story
    }

    /// A story about this program: what it did, without what it is doing now.
    pub fn brief(&self, did: &str, ending: &str) -> Story {
        let subject = match self.log.circumstances() {
            Some(circumstance) => format!("{} failed {circumstance}: it", self.what),
            None => self.what.clone(),
        };
        let story = Story::of(subject, did).after(&self.log).ending(ending);
        match self.crash() {
            Some(crash) => story.crashed(crash),
            None => story,
        }
    }

    /// That it has crashed, or a thread of it, in a line: the first panic, traceback or exception.
    pub fn crash(&self) -> Option<String> {
        let Some(program) = self.command() else {
            let whose = match *lock(&self.end) {
                Some(End::Panicked) => self.what.clone(),
                _ => format!("a thread of {}", self.what),
            };
            return self.panic().map(|panic| format!("{whose} had panicked at {panic}"));
        };
        let stderr = program.stderr();
        let told = crash::find(&String::from_utf8_lossy(stderr.beginning()));
        let Crash { kind, error, place } = told.or_else(|| self.signal())?;
        let at = if place.is_empty() { "" } else { " at " };
        Some(format!("{} crashed{at}{place}: {error} ({kind})", self.what))
    }

    /// The signal that has ended it, if one has.
    fn signal(&self) -> Option<Crash> {
        #[cfg(unix)]
        if let Some(status) = self.command().and_then(Program::status) {
            std::os::unix::process::ExitStatusExt::signal(&status)?;
            let (error, place) = (status.to_string(), String::new());
            return Some(Crash { kind: "by no word of its own", error, place });
        }
        None
    }

    /// A story that has nothing to do with a certain connection.
    pub fn fails(&self, did: &str, advice: &str) -> Story {
        self.story(did, advice, |_, _| None, None)
    }

    /// A story that has nothing to do with a certain connection, of a fault that many programs have.
    pub fn has(&self, fault: Fault, ending: &str) -> Story {
        self.story("", ending, |_, _| Some(fault), None)
    }

    /// A story about a server that can't be reached where it was told to listen: it may listen elsewhere.
    pub fn does_not_listen(&self, address: SocketAddr, advice: &str) -> Story {
        let elsewhere = self.listens_at();
        if elsewhere.is_empty() {
            return self.fails("accepts no connection", advice);
        }
        let swapped = elsewhere.iter().any(|it| it.port() == address.port().swap_bytes());
        let swapped = if swapped {
            "\nThat is your port with its two bytes the other way round: it has to go through htons()."
        } else {
            ""
        };
        let ending = format!(
            "It was to listen on {address}, and its process listens on {}.{swapped}",
            listed(&elsewhere)
        );
        self.has(faults::ELSEWHERE, &ending)
    }

    /// A story about a client that has not connected where it was told to: it may have elsewhere.
    pub fn did_not_connect(&self, address: SocketAddr) -> Story {
        let elsewhere = self.is_connected_to();
        if !elsewhere.is_empty() {
            let ending = format!(
                "It was to connect to {address}, and its process is connected, or tries to connect, to {}.",
                listed(&elsewhere)
            );
            return self.has(faults::CONNECTS_ELSEWHERE, &ending);
        }
        let refused = ["refused", "REFUSED"].iter().any(|word| {
            self.command().is_some_and(|program| program.stderr().end().contains(word))
        });
        if refused {
            let ending = format!(
                "It was to connect to {address}, where the grader listened all the time. It was refused, so it went elsewhere."
            );
            return self.has(faults::CONNECTS_ELSEWHERE, &ending);
        }
        match self.command() {
            // One that has crashed tells why.
            Some(_) if self.crash().is_none() => self.has(faults::NO_CONNECT, ""),
            _ => self.fails("did not connect", ""),
        }
    }

    /// Where its processes listen, as far as the system tells.
    pub fn listens_at(&self) -> Vec<SocketAddr> {
        #[cfg(target_os = "linux")]
        if let Some(program) = self.command() {
            return crate::sockets::listening(&program.processes());
        }
        Vec::new()
    }

    /// The fault of a client that does not end at the end of the stream.
    pub fn endless(&self) -> Fault {
        if self.sleeps() { faults::SLEEPS_AT_THE_END } else { faults::ENDLESS_CLIENT }
    }

    /// Whether it is connected to anything, or tries to.
    pub fn goes_elsewhere(&self) -> bool {
        !self.is_connected_to().is_empty()
    }

    /// What its processes are connected to, or try to connect to, as far as the system tells.
    fn is_connected_to(&self) -> Vec<SocketAddr> {
        #[cfg(target_os = "linux")]
        if let Some(program) = self.command() {
            return crate::sockets::connected_to(&program.processes());
        }
        Vec::new()
    }

    /// Whether it ends within the time limit.
    pub fn ends(&self) -> bool {
        within(limit(), || self.ended())
    }

    /// Waits until it has ended, with success.
    pub fn returns(&self) -> Outcome {
        if !self.ends() {
            return Err(self.fails("did not return, and should have by now", ""));
        }
        if self.went_wrong() {
            return Err(self.fails("did not return as it should", ""));
        }
        self.log.add(format!("{} returned", self.what));
        Ok(())
    }

    /// Fails at a panic that nobody else notices: the connection of a thread that panics is closed, as it would be otherwise.
    pub fn has_not_panicked(&self) -> Outcome {
        let Some(panic) = self.panic() else { return Ok(()) };
        if self.todo().is_some() {
            return Err(self.fails("panicked", ""));
        }
        let advice = "What the other side does is no reason to panic: it is an error to return, or an end to see.";
        let ending = format!("It panicked at {panic}.\n{advice}");
        Err(self.brief("panicked", &ending).crashed(String::new()))
    }

    /// Whether it has ended.
    pub fn ended(&self) -> bool {
        lock(&self.end).is_some()
    }

    /// Whether it is a command that has ended with success. A server that is still there was started by it.
    pub fn has_gone_to_the_background(&self) -> bool {
        let status = self.command().and_then(Program::status);
        status.is_some_and(|status| status.success())
    }

    /// Whether something that it has started runs, as far as the system tells: a server in the background may take a while to
    /// listen.
    pub fn has_left_something_running(&self) -> bool {
        self.command().is_some_and(Program::has_left_something_running)
    }

    /// The program, if it is a command.
    pub fn command(&self) -> Option<&Program> {
        match &self.body {
            Body::Thread(_) => None,
            Body::Program(program) => Some(program),
        }
    }

    /// Whether it has ended, and not as it should.
    pub fn went_wrong(&self) -> bool {
        match &*lock(&self.end) {
            None | Some(End::Returned) => false,
            Some(End::Failed(_) | End::Panicked) => true,
            Some(End::Exited(status)) => !status.success(),
        }
    }

    /// The first panic of the function or of a thread that it has started: where it was, and its message. On other systems than
    /// Linux, only the function's own; of a command, none.
    pub fn panic(&self) -> Option<String> {
        match &self.body {
            Body::Thread(name) => watch::panic(name),
            Body::Program(_) => None,
        }
    }

    /// Waits until it has taken what was sent to it over `connection`, and has said what it was going to say. Gives up after
    /// a while, and soon with a program that never rests; gives false then.
    pub fn until_at_rest(&self, connection: &TcpStream) -> bool {
        let restless = self.given_up.load(Ordering::Relaxed) >= 3;
        let most = Duration::from_millis(if restless { 10 } else { 1000 });
        let rests = self.whose(|whose| blocked::until_at_rest(&whose, connection, most));
        if !rests {
            self.given_up.fetch_add(1, Ordering::Relaxed);
        }
        rests
    }

    /// Waits until it has taken all that was sent over `connection` and waits for more, for however long, or until `is_over`. Where
    /// the system does not tell, it waits for longer than anything may take.
    pub fn until_it_waits(&self, connection: &TcpStream, is_over: impl Fn() -> bool) {
        within(limit().mul_f64(1.1), || {
            is_over()
                || self.ended()
                || (blocked::has_taken(connection)
                    // One thread may have woken another that had been looked at before.
                    && (0..2).all(|_| self.waits_without_limit()))
        });
    }

    /// Whether it waits for nothing but the other side, as far as the system tells.
    pub fn waits_without_limit(&self) -> bool {
        self.whose(|whose| blocked::waits_without_limit(&whose))
    }

    /// Whether a thread of it is in a sleep, as far as the system tells.
    pub fn sleeps(&self) -> bool {
        self.whose(|whose| blocked::sleeps(&whose))
    }

    /// How often its threads have been blocked so far, if the system tells.
    pub fn times_blocked(&self) -> Option<u64> {
        self.whose(|whose| blocked::times_blocked(&whose))
    }

    /// Shortens the time limit with which it waits for bytes, if it has one, and gives what it was.
    pub fn hurry(&self) -> Option<Duration> {
        self.whose(|whose| blocked::hurry(&whose))
    }

    /// Whether it waits for bytes with a time limit.
    pub fn has_limit(&self) -> bool {
        self.whose(|whose| blocked::has_limit(&whose))
    }

    /// Gives it the time to end, if what has just happened is the end of it: until it has ended, or has been at rest for a
    /// while.
    pub fn until_over_it(&self) {
        let end = Instant::now() + Duration::from_secs(1);
        let mut rests = 0;
        while rests < 10 && !self.ended() && Instant::now() < end {
            thread::sleep(Duration::from_millis(3));
            rests =
                if self.whose(|whose| blocked::rests(&whose)) { rests + 1 } else { 0 };
        }
    }

    fn whose<T>(&self, ask: impl FnOnce(Whose) -> T) -> T {
        match &self.body {
            Body::Thread(name) => ask(Whose::Threads(name)),
            Body::Program(program) => ask(Whose::Process(program.id())),
        }
    }

    /// Where the todo!() is at which it has panicked.
    fn todo(&self) -> Option<String> {
        let panic = self.panic()?;
        panic.split_once(": not yet implemented").map(|(place, _)| place.to_owned())
    }

    /// What it has come to, or is doing, as one would say it after "by then", and whether it has accepted the connection, as far as
    /// the system tells.
    fn state(
        &self,
        connection: Option<(SocketAddr, SocketAddr)>,
    ) -> (Option<String>, bool) {
        let what = &self.what;
        let end = lock(&self.end).clone();
        let had = match end {
            Some(End::Returned) => String::from("had returned"),
            Some(End::Failed(error)) => format!("had returned the error \"{error}\""),
            // Where, is told first.
            Some(End::Panicked) => return (None, true),
            Some(End::Exited(status)) => format!("had ended ({status})"),
            None => {
                let doing = self.whose(|whose| blocked::doing(&whose, connection));
                let who = match doing.which {
                    Which::All => format!("{what} was"),
                    Which::NotAccepted => {
                        format!("{what} had not accepted this connection, and was")
                    }
                    Which::Thread => {
                        format!("the thread of {what} that serves this client was")
                    }
                    Which::Process => {
                        format!("the process of {what} that serves this client was")
                    }
                };
                let calls = doing.calls.join(", and ");
                let state = (!calls.is_empty()).then(|| format!("{who} {calls}"));
                return (state, doing.which != Which::NotAccepted);
            }
        };
        (Some(format!("{what} {had}")), true)
    }
}

/// Addresses as one would say them.
fn listed(addresses: &[SocketAddr]) -> String {
    let addresses: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
    addresses.join(" and ")
}

impl Drop for Student {
    fn drop(&mut self) {
        if let Some(program) = self.command() {
            program.end();
        }
    }
}
