//! The other end of the student's program: guests for a server, a server for a client.

use crate::story::{Graded, Log, Story, compared, parting, quoted, visible};
use crate::student::{Outcome, Student, limit, seconds};
use socket2::{Domain, SockRef, Socket, Type};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A student's server, started and reachable.
pub struct Server {
    address: SocketAddr,
    /// The connection by which a program was found to listen. It belongs to the first guest: a server that is tried out with
    /// a guest who leaves at once may be lost before the check begins.
    first: Mutex<Option<TcpStream>>,
    /// Whether a part of the check went well already.
    served: AtomicBool,
    student: Arc<Student>,
    log: Log,
}

/// Starts `serve` on a thread, with a listener on a free port of this machine.
///
/// The listener may be of `std` or of `socket2`.
pub fn server<L, R>(serve: impl FnOnce(L) -> R + Send + 'static) -> Graded<Server>
where
    L: From<TcpListener> + 'static,
    R: Outcome,
{
    let (listener, address) = free_port()?;
    let (student, _) = Student::function("your server", move || serve(L::from(listener)));
    let log = Log::default();
    log.add("your server was started");
    Ok(Server {
        address,
        first: Mutex::new(None),
        served: AtomicBool::new(false),
        student,
        log,
    })
}

/// Starts a server that is a command in any language; `{port}`, `{host}` and `{addr}` in it are filled in.
/// It is waited for until it accepts connections.
pub fn server_program(command: &str) -> Graded<Server> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port_for_program()?));
    let words = words(command, address)?;
    let (student, _) = Student::program("your server", &words)?;
    let log = Log::default();
    log.add(format!("`{}` was started", words.join(" ")));
    let until = Instant::now() + limit() * START;
    let first = loop {
        if let Ok(stream) = TcpStream::connect_timeout(&address, limit()) {
            break stream;
        }
        if student.ended() || Instant::now() > until {
            let advice = "Does it listen on the port that it is given, on 127.0.0.1?";
            return Err(student.story(&log, "accepts no connection", advice, &[]));
        }
        thread::sleep(Duration::from_millis(10));
    };
    Ok(Server {
        address,
        first: Mutex::new(Some(first)),
        served: AtomicBool::new(false),
        student,
        log,
    })
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets a guest connect, who is called so in the story.
    pub fn guest(&self, name: &str) -> Graded<Peer> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        let connect = || TcpStream::connect_timeout(&self.address, limit());
        let stream = match first.map_or_else(connect, Ok) {
            Ok(stream) => stream,
            Err(error) => {
                // How the bytes were going to be cut has nothing to do with it.
                self.log.circumstance(None);
                if self.served.load(Ordering::Relaxed) {
                    self.log.add("a guest before had been served");
                }
                self.log.add(format!("{name} tried to connect: {error}"));
                return Err(self.fails("is not there any more", ""));
            }
        };
        let peer = Peer::new(name, stream, &self.student, &self.log)?;
        self.log.add(format!("{name} connected"));
        Ok(peer)
    }

    /// Waits until the server has returned, with success.
    pub fn returns(&self) -> Graded {
        if !self.student.ends() {
            return Err(self.fails("did not return, and should have by now", ""));
        }
        if self.student.went_wrong() {
            return Err(self.fails("did not return as it should", ""));
        }
        self.log.add("your server returned");
        Ok(())
    }

    /// Plays a conversation: each turn after the answer to the one before.
    pub fn plays(&self, talk: &Talk) -> Graded {
        self.play(talk, &Peer::send)
    }

    /// Plays a conversation in every way in which a stream may deliver the same bytes: each message cut after every byte of it,
    /// byte by byte, and all of them glued together.
    pub fn plays_in_pieces(&self, talk: &Talk) -> Graded {
        for (turn, (message, _)) in talk.turns.iter().enumerate() {
            for cut in 1..message.len() {
                self.log.circumstance(Some(format!(
                    "when the bytes were cut after `{}`",
                    visible(&message[..cut])
                )));
                let count = std::cell::Cell::new(0);
                self.play(talk, &|guest: &mut Peer, message: &[u8]| {
                    let at_cut = count.replace(count.get() + 1) == turn;
                    if at_cut {
                        guest.send_in_pieces(&[&message[..cut], &message[cut..]])
                    } else {
                        guest.send(message)
                    }
                })?;
            }
        }
        self.log.circumstance(Some("when the bytes came one by one".to_owned()));
        self.play(talk, &|guest: &mut Peer, message: &[u8]| {
            guest.send_in_pieces(&message.chunks(1).collect::<Vec<_>>())
        })?;
        self.log.circumstance(Some("when the messages came glued together".to_owned()));
        self.play(&talk.glued(), &Peer::send)?;
        self.log.circumstance(None);
        Ok(())
    }

    fn play(&self, talk: &Talk, send: &dyn Fn(&mut Peer, &[u8]) -> Graded) -> Graded {
        self.part(|server| {
            let mut guest = server.guest("a guest")?;
            guest.expect(&talk.opening)?;
            for (message, answer) in &talk.turns {
                send(&mut guest, message)?;
                guest.expect(answer)?;
            }
            if talk.guest_ends {
                guest.finish()?;
            }
            guest.expect_end()
        })
    }

    /// Runs a part of a check; its steps are forgotten if it goes well. A server that has panicked fails.
    pub fn part(&self, part: impl FnOnce(&Self) -> Graded) -> Graded {
        let before = self.log.place();
        part(self)?;
        self.has_not_panicked()?;
        self.served.store(true, Ordering::Relaxed);
        self.log.back_to(before);
        Ok(())
    }

    /// Fails if the server's function has panicked, or a thread that it has started.
    pub fn has_not_panicked(&self) -> Graded {
        has_not_panicked(&self.student, &self.log)
    }

    /// Adds a step.
    pub(crate) fn log(&self, step: &str) {
        self.log.add(step);
    }

    /// A story without what the server is doing now, which is beside the point.
    pub(crate) fn brief(&self, did: &str, advice: &str) -> Story {
        self.student.brief(&self.log, did, advice)
    }

    /// A story about this server: what it did, and advice.
    pub fn fails(&self, did: &str, advice: &str) -> Story {
        self.student.story(&self.log, did, advice, &[])
    }
}

/// A conversation with a server, where each message has one right answer.
#[derive(Clone, Default)]
pub struct Talk {
    opening: Vec<u8>,
    turns: Vec<(Vec<u8>, Vec<u8>)>,
    guest_ends: bool,
}

impl Talk {
    /// One that the server opens with these bytes, perhaps none.
    pub fn opened_by(opening: impl AsRef<[u8]>) -> Self {
        Self { opening: opening.as_ref().to_vec(), ..Self::default() }
    }

    /// The guest says `message`, the server answers `answer`.
    pub fn turn(mut self, message: impl AsRef<[u8]>, answer: impl AsRef<[u8]>) -> Self {
        let turn = (message.as_ref().to_vec(), answer.as_ref().to_vec());
        self.turns.push(turn);
        self
    }

    /// It is the guest who finishes. Without this, the server closes after the last answer.
    pub fn ended_by_guest(mut self) -> Self {
        self.guest_ends = true;
        self
    }

    fn glued(&self) -> Self {
        let message: Vec<u8> =
            self.turns.iter().flat_map(|turn| turn.0.clone()).collect();
        let answer: Vec<u8> = self.turns.iter().flat_map(|turn| turn.1.clone()).collect();
        Self {
            opening: self.opening.clone(),
            turns: vec![(message, answer)],
            guest_ends: self.guest_ends,
        }
    }
}

/// A student's client, started, and the listener that it was told to connect to.
pub struct Client<T> {
    listener: TcpListener,
    student: Arc<Student>,
    log: Log,
    value: Receiver<T>,
    /// How long it may take until it connects.
    patience: Duration,
}

/// Starts `client` on a thread, with the address of a listener that is played by the grader.
pub fn client<R: Outcome>(
    client: impl FnOnce(SocketAddr) -> R + Send + 'static,
) -> Graded<Client<R::Value>> {
    let (listener, address) = free_port()?;
    let (student, value) = Student::function("your client", move || client(address));
    Ok(Client::new(listener, student, value, "your client", limit()))
}

/// Starts a client that is a command in any language; `{port}`, `{host}` and `{addr}` in it are filled in.
/// Its value is what it prints.
pub fn client_program(command: &str) -> Graded<Client<Vec<u8>>> {
    let (listener, address) = free_port()?;
    let words = words(command, address)?;
    let (student, value) = Student::program("your client", &words)?;
    let name = format!("`{}`", words.join(" "));
    Ok(Client::new(listener, student, value, &name, limit() * START))
}

impl<T> Client<T> {
    fn new(
        listener: TcpListener,
        student: Arc<Student>,
        value: Receiver<T>,
        name: &str,
        patience: Duration,
    ) -> Self {
        let log = Log::default();
        log.add(format!("{name} was started, with a server's address"));
        Self { listener, student, log, value, patience }
    }

    /// Accepts the client's connection.
    pub fn accept(&self) -> Graded<Peer> {
        let broken = |error| Story::new(format!("the grader can't accept: {error}"));
        // The listener has no time limit of its own to set that all systems know.
        self.listener.set_nonblocking(true).map_err(broken)?;
        let until = Instant::now() + self.patience;
        loop {
            // Asked first: a client may connect and end between the two questions.
            let ended = self.student.ended();
            match self.listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false).map_err(broken)?;
                    let peer = Peer::new("the server", stream, &self.student, &self.log)?;
                    self.log.add("your client connected");
                    return Ok(peer);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if Instant::now() > until || ended {
                        return Err(self.fails("did not connect", ""));
                    }
                    thread::sleep(Duration::from_millis(1));
                }
                Err(error) => return Err(broken(error)),
            }
        }
    }

    /// Waits until the client has ended, in whatever way.
    pub fn ends(&self) -> Graded {
        if self.student.ends() {
            return has_not_panicked(&self.student, &self.log);
        }
        Err(self.fails(
            "did not end",
            "The server has gone; there is nothing left to wait for.",
        ))
    }

    /// Waits until the client has ended, and gives what it returned.
    pub fn returns(&self) -> Graded<T> {
        if !self.student.ends() {
            return Err(self.fails("did not return, and should have by now", ""));
        }
        if self.student.went_wrong() {
            return Err(self.fails("did not return as it should", ""));
        }
        self.log.add("your client returned");
        self.value.recv_timeout(limit()).map_err(|_| self.fails("returned nothing", ""))
    }

    /// Waits until the client has ended, and compares what it returned or printed.
    pub fn returns_text(&self, expected: &str) -> Graded
    where
        T: AsRef<[u8]>,
    {
        let value = self.returns()?;
        let value = value.as_ref();
        if value == expected.as_bytes() {
            return Ok(());
        }
        let remark = match value {
            [] => "nothing: did your client stop listening before this came?".to_owned(),
            _ => remark(parting(expected.as_bytes(), value)),
        };
        let ending = compared(expected.as_bytes(), value, &remark);
        Err(self.student.brief(&self.log, "did not return what it was told", &ending))
    }

    /// Says what is special from here on, for the story: `when the bytes were cut after …`.
    pub fn circumstance(&self, circumstance: &str) {
        self.log.circumstance(Some(circumstance.to_owned()));
    }

    /// A story about this client: what it did, and advice.
    pub fn fails(&self, did: &str, advice: &str) -> Story {
        self.student.story(&self.log, did, advice, &[])
    }
}

/// A panic that nobody else notices: the connection of a thread that panics is closed, as it would be otherwise.
fn has_not_panicked(student: &Student, log: &Log) -> Graded {
    let Some(panic) = student.panic() else { return Ok(()) };
    if panic.contains(": not yet implemented") {
        return Err(student.story(log, "panicked", "", &[]));
    }
    let what = format!("It panicked at {panic}.");
    let advice = "What the other side does is no reason to panic: it is an error to return, or an end to see.";
    Err(student.brief(log, "panicked", &format!("{what}\n{advice}")))
}

/// Runs a student's function within the time limit and gives its value.
pub fn call<R: Outcome>(
    name: &str,
    function: impl FnOnce() -> R + Send + 'static,
) -> Graded<R::Value> {
    let (student, value) = Student::function(&format!("`{name}`"), function);
    let log = Log::default();
    if !student.ends() {
        return Err(student.story(&log, "did not return", "", &[]));
    }
    if student.went_wrong() {
        return Err(student.story(&log, "did not return as it should", "", &[]));
    }
    value
        .recv_timeout(limit())
        .map_err(|_| student.story(&log, "returned nothing", "", &[]))
}

/// The grader's end of one connection. Everything that it does is a step of the story.
pub struct Peer {
    name: String,
    stream: TcpStream,
    student: Arc<Student>,
    log: Log,
    /// Whether there may be bytes that the student has not read.
    has_sent: bool,
    /// Of the student's end: its own and its peer's.
    addresses: Option<(SocketAddr, SocketAddr)>,
}

impl Peer {
    fn new(
        name: &str,
        stream: TcpStream,
        student: &Arc<Student>,
        log: &Log,
    ) -> Graded<Self> {
        let ready = stream.local_addr().and_then(|ours| {
            // A piece must not wait for the piece before it to be acknowledged.
            stream.set_nodelay(true)?;
            stream.set_write_timeout(Some(limit()))?;
            Ok((stream.peer_addr()?, ours))
        });
        let peer = Self {
            name: name.to_owned(),
            stream,
            student: Arc::clone(student),
            log: log.clone(),
            has_sent: false,
            addresses: ready.as_ref().ok().copied(),
        };
        match ready {
            Ok(_) => Ok(peer),
            Err(error) => {
                Err(peer.fails("closed the connection at once", &error.to_string()))
            }
        }
    }

    /// Sends all of it at once.
    pub fn send(&mut self, bytes: &[u8]) -> Graded {
        self.send_in_pieces(&[bytes])
    }

    /// Sends the pieces one after another; each is taken by the other end before the next is sent.
    pub fn send_in_pieces(&mut self, pieces: &[&[u8]]) -> Graded {
        self.log.add(format!("{} sent {}", self.name, shown(pieces)));
        for (piece, number) in pieces.iter().zip(1..) {
            self.write(piece)?;
            if number < pieces.len() {
                self.student.until_at_rest(&self.stream);
            }
        }
        Ok(())
    }

    /// Asks a question in pieces, like [`Peer::send_in_pieces`]. The other side must not answer before it is whole.
    pub(crate) fn ask_in_pieces(&mut self, pieces: &[&[u8]]) -> Graded {
        let before = self.log.place();
        for (piece, number) in pieces.iter().zip(1..) {
            self.log.back_to(before);
            self.log.add(format!("{} sent {}", self.name, shown(&pieces[..number])));
            self.write(piece)?;
            if number == pieces.len() {
                break;
            }
            self.student.until_at_rest(&self.stream);
            if self.has_come() {
                let mut received = Vec::new();
                self.read_soon(&mut received, 200);
                let remark = "too early: the question has not come yet";
                let ending = compared(b"", &received, remark);
                return Err(self.said("spoke before it was asked", &ending));
            }
        }
        Ok(())
    }

    /// Sends all of it, if the other side is still there.
    fn write(&mut self, bytes: &[u8]) -> Graded {
        self.has_sent = true;
        match self.stream.write_all(bytes) {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut
                ) =>
            {
                Err(self.fails("did not take what was sent", ""))
            }
            // If it has gone, what it said before that is for the next step to see.
            _ => Ok(()),
        }
    }

    /// Whether there are bytes to be read now.
    fn has_come(&self) -> bool {
        let peek = || {
            self.stream.set_nonblocking(true)?;
            let came = self.stream.peek(&mut [0]);
            self.stream.set_nonblocking(false)?;
            came
        };
        peek().is_ok_and(|count| count > 0)
    }

    /// Waits for exactly these bytes, in however many pieces they come. It does not look for more.
    pub fn expect(&mut self, expected: impl AsRef<[u8]>) -> Graded {
        let expected = expected.as_ref();
        let mut received = Vec::new();
        let until = Instant::now() + limit();
        while received.len() < expected.len() {
            let read = self.read(&mut received, expected.len(), until);
            if expected.starts_with(&received) && matches!(read, Came::Some) {
                continue;
            }
            self.log.add(format!("{} waited for {}", self.name, quoted(expected)));
            let (did, remark) = if expected.starts_with(&received) {
                let place = match received.len() {
                    0 => "nothing came".to_owned(),
                    count => format!("{count} of {} bytes came", expected.len()),
                };
                match read {
                    Came::Some => continue,
                    Came::End => (
                        "closed the connection too early",
                        format!("{place}, then the end"),
                    ),
                    Came::Reset => {
                        ("reset the connection", format!("{place}, then a reset"))
                    }
                    Came::Nothing if received.is_empty() => {
                        ("said nothing", format!("nothing came for {}", seconds(limit())))
                    }
                    Came::Nothing => (
                        "said too little",
                        format!("{place}, then nothing for {}", seconds(limit())),
                    ),
                }
            } else {
                self.read_soon(&mut received, expected.len() + 200);
                (SAID_ELSE, remark(parting(expected, &received)))
            };
            let mut ending = compared(expected, &received, &remark);
            if let Came::Reset = read
                && self.has_sent
                && did != SAID_ELSE
            {
                ending.push_str("\n\n");
                ending.push_str(UNREAD);
            }
            return Err(match did {
                SAID_ELSE => self.said(did, &ending),
                _ => self.fails(did, &ending),
            });
        }
        if !expected.is_empty() {
            self.log.add(format!("{} received {}", self.name, quoted(expected)));
        }
        Ok(())
    }

    /// Waits for exactly these bytes, and looks whether more came along with them.
    pub fn expect_only(&mut self, expected: impl AsRef<[u8]>) -> Graded {
        self.expect(&expected)?;
        self.student.until_at_rest(&self.stream);
        let mut more = Vec::new();
        let Came::Some = self.read(&mut more, 200, Instant::now()) else {
            return Ok(());
        };
        let expected = expected.as_ref();
        let newline = more.starts_with(b"\n") || more.starts_with(b"\r\n");
        let remark = match newline && !expected.ends_with(b"\n") {
            true => "a newline: names are sent without one",
            false => "too early: nobody has asked for this",
        };
        let ending = compared(expected, &[expected, &more].concat(), remark);
        Err(self.said("said more than it was asked for", &ending))
    }

    /// Waits for the end of the stream: the other side has closed, or finished sending.
    pub fn expect_end(&mut self) -> Graded {
        self.end("did not close the connection")
    }

    /// Waits for the end of the stream, where the other side is still to be told something: it must finish sending, and not
    /// close.
    pub fn expect_finish(&mut self) -> Graded {
        self.end("did not finish sending")
    }

    fn end(&mut self, otherwise: &str) -> Graded {
        let mut received = Vec::new();
        let read = self.read(&mut received, 200, Instant::now() + limit());
        if let Came::Some = read {
            self.read_soon(&mut received, 200);
        }
        let (did, ending) = match read {
            Came::End => {
                self.log.add(format!("{} saw the end", self.name));
                return Ok(());
            }
            Came::Some => {
                self.log.add(format!("{} waited for the end", self.name));
                let ending = compared(b"", &received, "here the end should be");
                return Err(self.said("said more than it should", &ending));
            }
            Came::Reset => {
                ("reset the connection instead of closing it", UNREAD.to_owned())
            }
            Came::Nothing => (
                otherwise,
                format!("Nothing came for {}, and no end either.", seconds(limit())),
            ),
        };
        self.log.add(format!("{} waited for the end", self.name));
        Err(self.fails(did, &ending))
    }

    /// Finishes sending, and still listens: the half-close.
    pub fn finish(&mut self) -> Graded {
        self.log.add(format!("{} finished sending", self.name));
        // It fails if the other side has gone already. What that is worth is for the next step to say.
        _ = self.stream.shutdown(Shutdown::Write);
        Ok(())
    }

    /// Goes away without a word.
    pub fn vanish(self) {
        self.log.add(format!("{} vanished", self.name));
        let student = Arc::clone(&self.student);
        drop(self);
        student.until_over_it();
    }

    /// Breaks the connection: the other side gets an error rather than the end.
    pub fn reset(self) {
        self.log.add(format!("{} reset the connection", self.name));
        // Closing a socket that lingers for no time sends a reset.
        _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        let student = Arc::clone(&self.student);
        drop(self);
        student.until_over_it();
    }

    /// Reads once: what one call gives, whole or in part. `None` at the end, or if nothing comes in time.
    pub(crate) fn one_read(&mut self) -> Option<Vec<u8>> {
        let mut received = Vec::new();
        match self.read(&mut received, 1 << 16, Instant::now() + limit()) {
            Came::Some => Some(received),
            _ => None,
        }
    }

    /// A story about what the other side said: what it is doing now is beside the point.
    pub(crate) fn said(&self, did: &str, ending: &str) -> Story {
        self.student.brief(&self.log, did, ending)
    }

    /// A story about the other side: what it did, and the details.
    pub fn fails(&self, did: &str, ending: &str) -> Story {
        self.student.story(&self.log, did, ending, self.addresses.as_slice())
    }

    /// What else the other side says belongs to the picture, if it comes soon.
    fn read_soon(&mut self, received: &mut Vec<u8>, most: usize) {
        let soon = Instant::now() + Duration::from_millis(200);
        while received.len() < most
            && matches!(self.read(received, most, soon), Came::Some)
        {}
    }

    /// Appends what one call reads, so that there are at most `most` bytes.
    fn read(&mut self, received: &mut Vec<u8>, most: usize, until: Instant) -> Came {
        let left = until.saturating_duration_since(Instant::now());
        // Zero would mean no limit.
        let left = left.max(Duration::from_millis(1));
        if self.stream.set_read_timeout(Some(left)).is_err() {
            return Came::Reset;
        }
        let mut buffer = vec![0; most - received.len()];
        match self.stream.read(&mut buffer) {
            Ok(0) => Came::End,
            Ok(count) => {
                received.extend_from_slice(&buffer[..count]);
                Came::Some
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Came::Nothing,
                ErrorKind::Interrupted => Came::Some,
                _ => Came::Reset,
            },
        }
    }
}

const UNREAD: &str =
    "A socket that is closed with unread bytes in its buffer sends a reset.";

const SAID_ELSE: &str = "said something else";

/// What one read came to.
enum Came {
    Some,
    End,
    Reset,
    Nothing,
}

/// Pieces as a step of the story shows them.
fn shown(pieces: &[&[u8]]) -> String {
    if pieces.len() > 2 && pieces.iter().all(|piece| piece.len() == 1) {
        return format!("{}, byte by byte", quoted(&pieces.concat()));
    }
    let shown: Vec<String> = pieces.iter().map(|piece| quoted(piece)).collect();
    shown.join(" | ")
}

fn remark(byte: usize) -> String {
    format!("byte {} is the first that is wrong", byte + 1)
}

/// A listener on a port that was free, and its address.
fn free_port() -> Graded<(TcpListener, SocketAddr)> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| {
            let address = listener.local_addr()?;
            Ok((listener, address))
        })
        .map_err(|error| {
            Story::new(format!("the grader can't listen on 127.0.0.1: {error}"))
        })
}

/// A port that is free for a program to listen on.
///
/// Not one that the system has chosen: it could choose the same again, for somebody else, before the program takes it. Systems
/// choose from higher up. Nor one that another grader could choose meanwhile: each has a block of ports to itself, and
/// claims it by listening on its first for as long as it runs.
fn port_for_program() -> Graded<u16> {
    static BLOCK: OnceLock<Option<(TcpListener, u16)>> = OnceLock::new();
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let claim = || {
        // Graders that run one after the other begin in different places.
        let start = (std::process::id() % u32::from(BLOCKS)) as u16;
        (0..BLOCKS).find_map(|number| {
            let first = FIRST_PORT + (start + number) % BLOCKS * BLOCK_SIZE;
            let claim = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).ok()?;
            Some((claim, first))
        })
    };
    let Some((_claim, first)) = BLOCK.get_or_init(claim) else {
        return Err(Story::new("no block of ports from 20000 to 29999 is free"));
    };
    let others = BLOCK_SIZE - 1;
    let mut ports =
        (0..others).map(|_| first + 1 + NEXT.fetch_add(1, Ordering::Relaxed) % others);
    let free = ports.find(|port| is_free(*port));
    free.ok_or_else(|| Story::new(format!("no port from {first} on is free")))
}

const FIRST_PORT: u16 = 20_000;
const BLOCK_SIZE: u16 = 100;
const BLOCKS: u16 = 100;

/// Whether even a program that does not set `SO_REUSEADDR` can listen there: also nothing is left of earlier connections.
fn is_free(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Socket::new(Domain::IPV4, Type::STREAM, None)
        .and_then(|socket| socket.bind(&address.into()))
        .is_ok()
}

/// Starting a program takes longer than anything that it does then: as many time limits.
const START: u32 = 5;

/// The command's words, with the address filled in.
fn words(command: &str, address: SocketAddr) -> Graded<Vec<String>> {
    let words = shell_words::split(command).map_err(|error| {
        Story::new(format!("the command `{command}` can't be read: {error}"))
    })?;
    if !["{port}", "{addr}"].iter().any(|place| command.contains(place)) {
        return Err(Story::new(format!(
            "the command `{command}` does not say where the port goes: write {{port}} or {{addr}} in it"
        )));
    }
    let fill = |word: String| {
        word.replace("{port}", &address.port().to_string())
            .replace("{host}", &address.ip().to_string())
            .replace("{addr}", &address.to_string())
    };
    Ok(words.into_iter().map(fill).collect())
}
