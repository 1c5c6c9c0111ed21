//! A student's server, and the conversations that clients have with it.

use crate::call::has_not_panicked;
use crate::peer::Peer;
use crate::ports::{START, free_port, port_for_program, words};
use crate::story::{Graded, Log, Story, visible};
use crate::student::{Outcome, Student, limit};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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
