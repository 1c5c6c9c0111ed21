//! A student's client, and the listener that it is told to connect to.

use crate::call::Returned;
use crate::chapter_05::GOOD_BYE;
use crate::faults;
use crate::limit::limit;
use crate::peer::{Peer, remark};
use crate::ports::{START, free_port, words};
use crate::story::{Log, Outcome, Story, compared, parting, quoted};
use crate::student::Student;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

/// A student's client, started, and the listener that it was told to connect to.
pub struct Client<T> {
    listener: TcpListener,
    pub(crate) student: Arc<Student>,
    value: Receiver<T>,
    /// How long it may take until it connects.
    patience: Duration,
}

/// Starts `client` on a thread, with the address of a listener that is played by the grader.
pub fn client<R: Returned>(
    client: impl FnOnce(SocketAddr) -> R + Send + 'static,
) -> Outcome<Client<R::Value>> {
    let (listener, address) = free_port()?;
    let (student, value) = Student::function("your client", move || client(address));
    Ok(Client::new(listener, student, value, "your client", limit()))
}

/// Starts a client that is a command in any language; `{port}`, `{host}` and `{addr}` in it are filled in.
/// Its value is what it prints.
pub fn client_program(command: &str) -> Outcome<Client<Vec<u8>>> {
    let (listener, address) = free_port()?;
    client_of_words(&words(command, address)?, listener)
}

/// Starts a client that is a command of these words, which is told to connect to this listener.
pub(crate) fn client_of_words(
    words: &[String],
    listener: TcpListener,
) -> Outcome<Client<Vec<u8>>> {
    let (student, value) = Student::program("your client", words, Log::default())?;
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
        student.log.add(format!("{name} was started, with a server's address"));
        Self { listener, student, value, patience }
    }

    /// The address that it was told to connect to.
    pub fn address(&self) -> Outcome<SocketAddr> {
        let address = self.listener.local_addr();
        address.map_err(|error| Story::new(format!("the grader has no address: {error}")))
    }

    /// Accepts the client's connection.
    pub fn accept(&self) -> Outcome<Peer> {
        let broken = |error| Story::new(format!("the grader can't accept: {error}"));
        // The listener has no time limit of its own to set that all systems know.
        self.listener.set_nonblocking(true).map_err(broken)?;
        let mut until = Instant::now() + self.patience;
        let (mut looks, mut goes_elsewhere) = (0, false);
        loop {
            // Asked first: a client may connect and end between the two questions.
            let ended = self.student.ended();
            match self.listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false).map_err(broken)?;
                    let peer = Peer::new("the server", stream, &self.student)?;
                    self.student.log.add("your client connected");
                    return Ok(peer);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if Instant::now() > until || ended {
                        let at = self.listener.local_addr().map_err(broken)?;
                        return Err(self.student.did_not_connect(at));
                    }
                    // One that is connected, but elsewhere, is given a little longer.
                    looks += 1;
                    if looks % 500 == 0
                        && !goes_elsewhere
                        && self.student.goes_elsewhere()
                    {
                        until = until.min(Instant::now() + limit());
                        goes_elsewhere = true;
                    }
                    thread::sleep(Duration::from_millis(1));
                }
                Err(error) => return Err(broken(error)),
            }
        }
    }

    /// Waits until the client has ended, in whatever way.
    pub fn ends(&self) -> Outcome {
        if self.student.ends() {
            return self.student.has_not_panicked();
        }
        Err(self.student.has(self.student.endless(), ""))
    }

    /// Fails if it has printed marks in place of bytes that were not the whole of a character.
    pub(crate) fn has_printed_no_marks(&self) -> Outcome
    where
        T: AsRef<[u8]>,
    {
        let printed = self.value.recv_timeout(limit());
        let printed = printed.as_ref().map_or(&[][..], AsRef::as_ref);
        let text = String::from_utf8_lossy(printed);
        if str::from_utf8(printed).is_err() || !text.contains('\u{fffd}') {
            return Ok(());
        }
        let printed = format!("It printed {}", quoted(printed));
        Err(self.student.brief("", &printed).common(Some(faults::TEXT)))
    }

    /// Waits until the client has ended, and gives what it returned.
    pub fn returns(&self) -> Outcome<T> {
        self.student.returns()?;
        let nothing = |_| self.student.fails("returned nothing", "");
        self.value.recv_timeout(limit()).map_err(nothing)
    }

    /// Waits until the client has ended, and compares what it returned or printed.
    pub fn returns_text(&self, expected: impl AsRef<[u8]>) -> Outcome
    where
        T: AsRef<[u8]>,
    {
        let expected = expected.as_ref();
        let value = self.returns()?;
        let value = value.as_ref();
        if value == expected {
            return Ok(());
        }
        let remark = match value {
            [] => "nothing: did your client stop listening before this came?".to_owned(),
            _ if expected.starts_with(value) => "nothing more".to_owned(),
            _ => remark(parting(expected, value)),
        };
        let ending = compared(expected, value, &remark);
        // It lacks the last words of a talk.
        let leaves = expected
            .strip_prefix(value)
            .is_some_and(|rest| rest.ends_with(GOOD_BYE.as_bytes()));
        let fault = (leaves && !value.is_empty()).then_some(faults::LEAVES_EARLY);
        Err(self.student.brief("did not return what it was told", &ending).common(fault))
    }

    /// Says what is special from here on, for the story: `when the bytes were cut after …`.
    pub fn circumstance(&self, circumstance: &str) {
        self.student.log.circumstance(Some(circumstance.to_owned()));
    }
}
