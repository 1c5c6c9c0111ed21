//! A student's server, and the conversations that clients have with it.

use crate::accept::Accept;
use crate::call::Returned;
use crate::faults::{self, Fault};
use crate::limit::{limit, within};
use crate::mutex::lock;
use crate::peer::Peer;
use crate::ports::{START, free_port, port_for_program, words};
use crate::story::{Log, Outcome, Story, visible};
use crate::student::Student;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A student's server, started and reachable.
pub struct Server {
    address: SocketAddr,
    /// What it was started by, if it is a program.
    command: Option<String>,
    /// The connection by which a program was found to listen. It belongs to the first client: a server that is tried out with
    /// a client that leaves at once may be lost before the check begins.
    first: Mutex<Option<TcpStream>>,
    /// Whether a part of the check went well already.
    served: AtomicBool,
    /// How many clients there have been.
    clients: AtomicUsize,
    /// Every client that is there has a copy.
    present: Arc<()>,
    pub(crate) student: Arc<Student>,
}

/// Starts `serve` on a thread, with a listener on a free port of this machine.
///
/// The listener may be of `std` or of `socket2`.
pub fn server<L, R>(serve: impl FnOnce(L) -> R + Send + 'static) -> Outcome<Server>
where
    L: From<TcpListener> + 'static,
    R: Returned,
{
    let (listener, address) = free_port()?;
    Ok(on_a_thread(serve, listener, address))
}

/// Starts `serve` as [`server`] does, and gives a way to make its `accept` fail for a while.
pub fn server_and_accept<L, R>(
    serve: impl FnOnce(L) -> R + Send + 'static,
) -> Outcome<(Server, Accept)>
where
    L: From<TcpListener> + 'static,
    R: Returned,
{
    let (listener, address) = free_port()?;
    let again = listener.try_clone();
    let server = on_a_thread(serve, listener, address);
    let accept = Accept::new(again, server.student.log.clone())?;
    Ok((server, accept))
}

fn on_a_thread<L, R>(
    serve: impl FnOnce(L) -> R + Send + 'static,
    listener: TcpListener,
    address: SocketAddr,
) -> Server
where
    L: From<TcpListener> + 'static,
    R: Returned,
{
    let (student, _) = Student::function("your server", move || serve(L::from(listener)));
    student.log.add("your server was started");
    Server::new(address, None, None, student)
}

/// Starts a server that is a command in any language; `{port}`, `{host}` and `{addr}` in it are filled in.
/// It is waited for until it accepts connections.
pub fn server_program(command: &str) -> Outcome<Server> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port_for_program()?));
    let advice = "Does it listen on the port that it is given, on 127.0.0.1?";
    let never = |student: &Student| student.does_not_listen(address, advice);
    start(command, address, Log::default(), never)
}

/// Starts the command, to listen at this address. If it does not, `otherwise` tells what it did.
pub(crate) fn start(
    command: &str,
    address: SocketAddr,
    log: Log,
    otherwise: impl Fn(&Student) -> Story,
) -> Outcome<Server> {
    let words = words(command, address)?;
    let (student, _) = Student::program("your server", &words, log)?;
    student.log.add(format!("`{}` was started", words.join(" ")));
    let mut until = Instant::now() + limit() * START;
    let (mut looks, mut looks_in_vain, mut listens_elsewhere) = (0, 0, false);
    let first = loop {
        match TcpStream::connect_timeout(&address, limit()) {
            Ok(stream) => break stream,
            Err(error) if error.kind() == ErrorKind::NetworkUnreachable => {
                return Err(Story::new(format!("there is no loopback: {error}")));
            }
            Err(_) => {}
        }
        // What is being executed has no environment for a moment, a long one on a busy machine, and so it isn't found.
        let gone = student.ended() && !student.has_left_something_running();
        looks_in_vain = if gone { looks_in_vain + 1 } else { 0 };
        if looks_in_vain == 25 || Instant::now() > until {
            return Err(otherwise(&student));
        }
        // One that listens, but elsewhere, is given a little longer.
        let listens = looks % 50 == 49 && !student.listens_at().is_empty();
        if listens && !listens_elsewhere {
            until = until.min(Instant::now() + limit());
            listens_elsewhere = true;
        }
        looks += 1;
        thread::sleep(Duration::from_millis(10));
    };
    let server = Server::new(address, Some(command), Some(first), student);
    server.stays_in_the_foreground()?;
    Ok(server)
}

impl Server {
    fn new(
        address: SocketAddr,
        command: Option<&str>,
        first: Option<TcpStream>,
        student: Arc<Student>,
    ) -> Self {
        let command = command.map(str::to_owned);
        let served = AtomicBool::new(false);
        let clients = AtomicUsize::new(0);
        let first = Mutex::new(first);
        let present = Arc::default();
        Self { address, command, first, served, clients, present, student }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets a client connect, who is called so in the story.
    pub fn client(&self, name: &str) -> Outcome<Peer> {
        let stream = self.stream(name)?;
        let mut peer = Peer::new(name, stream, &self.student)?;
        peer.is_alone = Arc::strong_count(&self.present) == 1;
        peer.present = Some(Arc::clone(&self.present));
        peer.is_first = self.clients.fetch_add(1, Ordering::Relaxed) == 0;
        self.student.log.add(format!("{name} connected"));
        Ok(peer)
    }

    /// The connection of a client, which is called so in the story.
    pub(crate) fn stream(&self, name: &str) -> Outcome<TcpStream> {
        let first = lock(&self.first).take();
        let connect = || TcpStream::connect_timeout(&self.address, limit());
        match first.map_or_else(connect, Ok) {
            Ok(stream) => Ok(stream),
            Err(error) => {
                // How the bytes were going to be cut has nothing to do with it.
                self.student.log.circumstance(None);
                if self.served.load(Ordering::Relaxed) {
                    self.student.log.add("a client before had been served");
                }
                self.student.log.add(format!("{name} tried to connect: {error}"));
                let student = &self.student;
                Err(match self.clients.load(Ordering::Relaxed) {
                    // A function may have been given an `accept` that fails.
                    _ if self.command.is_none() => {
                        student.fails("is not there any more", "")
                    }
                    0 => student.fails("is not there any more", ""),
                    _ => {
                        // Asked for when it has had the time to end: its listener is closed a little before.
                        let fault = |_, crash: Option<&str>| {
                            let ended = crash.is_some() || student.ended();
                            Some(if ended { faults::STOPS } else { faults::NO_LISTENER })
                        };
                        student.story("", "", fault, None)
                    }
                })
            }
        }
    }

    /// Waits until the server has returned, with success.
    pub fn returns(&self) -> Outcome {
        self.student.returns()
    }

    /// Plays a conversation: each turn after the answer to the one before.
    pub fn plays(&self, talk: &Talk) -> Outcome {
        self.play(talk, |at| talk.ends().any(|end| end == at))
    }

    /// Plays a conversation in every way in which a stream may deliver the same bytes: all messages in one stream that is cut
    /// after every byte of it, byte by byte, and not cut at all. Whatever the cut, a message that is complete has to be
    /// answered before the rest comes.
    pub fn plays_in_pieces(&self, talk: &Talk) -> Outcome {
        let stream = talk.stream();
        for cut in 1..stream.len() {
            let first = visible(&stream[..cut]);
            self.student
                .log
                .circumstance(Some(format!("when the bytes were cut after `{first}`")));
            self.play(talk, |at| at == cut)?;
        }
        self.student.log.circumstance(Some("when the bytes came one by one".to_owned()));
        self.play(talk, |_| true)?;
        self.student
            .log
            .circumstance(Some("when the messages came glued together".to_owned()));
        self.play(talk, |_| false)?;
        self.student.log.circumstance(None);
        Ok(())
    }

    /// Plays a conversation whose stream is cut after so many bytes as `is_cut` says.
    fn play(&self, talk: &Talk, is_cut: impl Fn(usize) -> bool) -> Outcome {
        self.part(|server| {
            let mut client = server.client("a client")?;
            client.expect(&talk.opening)?;
            for (pieces, answer) in talk.delivered(is_cut) {
                client.until_at_rest();
                client.send_in_pieces(&pieces)?;
                client.expect(answer)?;
            }
            if talk.client_ends {
                client.finish()?;
            }
            client.expect_end()
        })
    }

    /// Runs a part of a check; its steps are forgotten if it goes well. A server that has panicked
    /// fails, and one that serves on in the background.
    pub fn part(&self, part: impl FnOnce(&Self) -> Outcome) -> Outcome {
        let before = self.student.log.place();
        part(self)?;
        self.has_not_panicked()?;
        self.stays_in_the_foreground()?;
        self.served.store(true, Ordering::Relaxed);
        self.student.log.back_to(before);
        Ok(())
    }

    /// The command that it was started by; `None` if the server is a function.
    pub(crate) fn command(&self) -> Option<&str> {
        self.command.as_deref()
    }

    /// Another one, started by the same command; `None` if the server is a function.
    pub(crate) fn another(&self) -> Outcome<Option<Self>> {
        self.command.as_deref().map(server_program).transpose()
    }

    /// Ends the program and starts it again, at the same address. If it does not accept connections then, it has this fault.
    pub(crate) fn again(self, fault: Fault) -> Outcome<Self> {
        let Self { address, command, student, .. } = self;
        let log = student.log.clone();
        log.add("a client said `exit`, and your server closed the connection");
        // The last owner of a program ends it.
        drop(student);
        log.add("your server was ended");
        if !within(limit(), || TcpStream::connect_timeout(&address, limit()).is_err()) {
            let headline = "your server still listens after its program was ended";
            return Err(Story::new(headline).after(&log));
        }
        start(&command.unwrap_or_default(), address, log, |student| {
            student.has(fault, "")
        })
    }

    /// Fails if the server's function has panicked, or a thread that it has started.
    pub fn has_not_panicked(&self) -> Outcome {
        self.student.has_not_panicked()
    }

    /// Fails if the command has ended although a server listens: something that it has started does.
    fn stays_in_the_foreground(&self) -> Outcome {
        if !self.student.has_gone_to_the_background() {
            return Ok(());
        }
        Err(self.student.brief("", "").common(Some(faults::BACKGROUND)))
    }
}

/// A conversation with a server, where each message has one right answer.
#[derive(Clone, Default)]
pub struct Talk {
    opening: Vec<u8>,
    turns: Vec<(Vec<u8>, Vec<u8>)>,
    client_ends: bool,
}

impl Talk {
    /// One that the server opens with these bytes, perhaps none.
    pub fn opened_by(opening: impl AsRef<[u8]>) -> Self {
        Self { opening: opening.as_ref().to_vec(), ..Self::default() }
    }

    /// One in which the server gives back each byte that comes, and the client finishes.
    pub fn echo(bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref().chunks(1);
        bytes.fold(Self::default(), |talk, byte| talk.turn(byte, byte)).ended_by_client()
    }

    /// The client says `message`, the server answers `answer`.
    pub fn turn(mut self, message: impl AsRef<[u8]>, answer: impl AsRef<[u8]>) -> Self {
        let turn = (message.as_ref().to_vec(), answer.as_ref().to_vec());
        self.turns.push(turn);
        self
    }

    /// It is the client that finishes. Without this, the server closes after the last answer.
    pub fn ended_by_client(mut self) -> Self {
        self.client_ends = true;
        self
    }

    /// All messages, one after the other.
    fn stream(&self) -> Vec<u8> {
        self.turns.iter().flat_map(|(message, _)| message).copied().collect()
    }

    /// After how many bytes of the stream each message ends.
    fn ends(&self) -> impl Iterator<Item = usize> {
        self.turns.iter().scan(0, |end, (message, _)| {
            *end += message.len();
            Some(*end)
        })
    }

    /// The pieces into which the cuts divide the stream, up to one with which a message is complete, and the answer to all that
    /// is complete then; and so on.
    fn delivered(&self, is_cut: impl Fn(usize) -> bool) -> Vec<(Vec<Vec<u8>>, Vec<u8>)> {
        let stream = self.stream();
        let mut delivered = Vec::new();
        let (mut pieces, mut from) = (Vec::new(), 0);
        let mut unanswered = self.ends().zip(&self.turns).peekable();
        for cut in (1..=stream.len()).filter(|&at| is_cut(at) || at == stream.len()) {
            pieces.push(stream[from..cut].to_vec());
            from = cut;
            let mut answer = Vec::new();
            while let Some((_, turn)) = unanswered.next_if(|(end, _)| *end <= cut) {
                answer.extend_from_slice(&turn.1);
            }
            if !answer.is_empty() || cut == stream.len() {
                delivered.push((std::mem::take(&mut pieces), answer));
            }
        }
        delivered
    }
}

#[cfg(test)]
mod tests {
    use super::Talk;

    fn delivered(is_cut: impl Fn(usize) -> bool) -> String {
        let talk = Talk::opened_by("").turn("a\n", "A\n").turn("bc\n", "B\n");
        let turns = talk.delivered(is_cut).into_iter().map(|(pieces, answer)| {
            let pieces: Vec<_> =
                pieces.iter().map(|piece| super::visible(piece)).collect();
            format!("{} -> {}", pieces.join("|"), super::visible(&answer))
        });
        turns.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_is_complete_is_answered_before_the_rest_comes() {
        assert_eq!(delivered(|_| false), r"a\nbc\n -> A\nB\n");
        assert_eq!(delivered(|at| at == 1), r"a|\nbc\n -> A\nB\n");
        assert_eq!(delivered(|at| at == 2), r"a\n -> A\n, bc\n -> B\n");
        assert_eq!(delivered(|at| at == 3), r"a\nb -> A\n, c\n -> B\n");
        assert_eq!(delivered(|_| true), r"a|\n -> A\n, b|c|\n -> B\n");
    }

    #[test]
    fn an_echo_answers_every_byte() {
        let turns = Talk::echo("hi").delivered(|at| at == 1);
        let piece = |text: &[u8]| (vec![text.to_vec()], text.to_vec());
        assert_eq!(turns, [piece(b"h"), piece(b"i")]);
    }
}
