//! The other end of the connection with the student's program.

mod asking;
mod flood;

pub(crate) use flood::fill;

use crate::chapter_05::{GOOD_BYE, WELCOME};
use crate::faults::{self, Fault};
use crate::limit::{limit, seconds};
use crate::story::{Outcome, Story, compared, parting, quoted};
use crate::student::Student;
use socket2::SockRef;
use std::io::{Error, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The grader's end of one connection. Everything that it does is a step of the story.
pub struct Peer {
    name: String,
    stream: TcpStream,
    student: Arc<Student>,
    /// What was sent last, all pieces of it: then there may be bytes that the student has not read.
    sent: Vec<u8>,
    /// How many of the answers that were expected have come.
    answered: usize,
    /// Whether the last of them was the last of all.
    let_go: bool,
    /// Whether this side has said anything, and whether it has finished.
    has_spoken: bool,
    finished: bool,
    plays_the_server: bool,
    /// Whether it is a server's first client.
    pub(crate) is_first: bool,
    /// There is one of these for each client that is there; whether it came as the only one.
    pub(crate) present: Option<Arc<()>>,
    pub(crate) is_alone: bool,
    /// Of the student's end: its own and its peer's.
    addresses: Option<(SocketAddr, SocketAddr)>,
}

impl Peer {
    pub(crate) fn new(
        name: &str,
        stream: TcpStream,
        student: &Arc<Student>,
    ) -> Outcome<Self> {
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
            sent: Vec::new(),
            answered: 0,
            let_go: false,
            has_spoken: false,
            finished: false,
            plays_the_server: name == "the server",
            is_first: false,
            present: None,
            is_alone: false,
            addresses: ready.as_ref().ok().copied(),
        };
        let closed = |error: Error| {
            peer.fails("closed the connection at once", &error.to_string(), None)
        };
        ready.map_err(closed)?;
        Ok(peer)
    }

    /// Adds to the story what this peer did.
    fn step(&self, did: &str) {
        self.student.log.add(format!("{} {did}", self.name));
    }

    /// Sends all of it at once.
    pub fn send(&mut self, bytes: &[u8]) -> Outcome {
        self.send_in_pieces(&[bytes])
    }

    /// Sends the pieces one after another; each is taken by the other end before the next is sent.
    pub fn send_in_pieces(&mut self, pieces: &[impl AsRef<[u8]>]) -> Outcome {
        self.step(&format!("sent {}", shown(pieces)));
        self.sent.clear();
        for (piece, number) in pieces.iter().zip(1..) {
            self.write(piece.as_ref())?;
            if number < pieces.len() {
                self.until_at_rest();
            }
        }
        Ok(())
    }

    /// Waits until the other side has taken what was sent, and has said what it was going to say.
    pub(crate) fn until_at_rest(&self) {
        self.student.until_at_rest(&self.stream);
    }

    /// Sends all of it, if the other side is still there.
    fn write(&mut self, bytes: &[u8]) -> Outcome {
        self.sent.extend_from_slice(bytes);
        self.has_spoken = true;
        match self.stream.write_all(bytes) {
            Err(error) if is_late(&error) => {
                Err(self.fails("did not take what was sent", "", None))
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
    pub fn expect(&mut self, expected: impl AsRef<[u8]>) -> Outcome {
        let expected = expected.as_ref();
        let mut received = Vec::new();
        let until = Instant::now() + limit();
        while received.len() < expected.len() {
            let read = self.read(&mut received, expected.len(), until);
            let is_right = expected.starts_with(&received);
            if is_right && matches!(read, Received::Bytes) {
                continue;
            }
            self.step(&format!("waited for {}", quoted(expected)));
            if !is_right {
                self.read_soon(&mut received, expected.len() + 200);
                return Err(self.said_else(expected, &received));
            }
            if matches!(read, Received::Nothing) && self.is_waiting_for_a_newline() {
                let remark = "this was all, until a newline was sent";
                let ending = compared(expected, &received, remark);
                return Err(self.said("", &ending).common(Some(faults::NEWLINE)));
            }
            let place = match received.len() {
                0 => "nothing came".to_owned(),
                count => format!("{count} of {} bytes came", expected.len()),
            };
            let late = seconds(limit());
            let (did, remark) = match read {
                Received::End => {
                    ("closed the connection too early", format!("{place}, then the end"))
                }
                Received::Reset => {
                    ("reset the connection", format!("{place}, then a reset"))
                }
                _ if received.is_empty() => {
                    ("said nothing", format!("{place} for {late}"))
                }
                _ => ("said too little", format!("{place}, then nothing for {late}")),
            };
            let mut ending = compared(expected, &received, &remark);
            // One that has closed after one name resets what is said to it, and there is no more to that.
            let unread = matches!(read, Received::Reset) && !self.sent.is_empty();
            if unread && self.answered != 1 {
                ending.push_str(&format!("\n\n{UNREAD}"));
            }
            let fault = |accepted, crash: Option<&str>| {
                self.fault_of_no_answer(expected, &received, &read, accepted, crash)
            };
            return Err(self.student.story(did, &ending, fault, self.addresses));
        }
        if !expected.is_empty() {
            self.step(&format!("received {}", quoted(expected)));
        }
        self.answered += usize::from(!self.sent.is_empty());
        self.let_go = expected.ends_with(GOOD_BYE.as_bytes());
        Ok(())
    }

    /// The fault behind an answer that did not come, or not all of it.
    fn fault_of_no_answer(
        &self,
        expected: &[u8],
        received: &[u8],
        read: &Received,
        accepted: bool,
        crash: Option<&str>,
    ) -> Option<Fault> {
        if let Some(fault) = crash.and_then(|crash| faults::of_crash(crash, &self.sent)) {
            return Some(fault);
        }
        let has_closed = matches!(read, Received::End | Received::Reset);
        match crash {
            None if has_closed && received.is_empty() && !self.let_go => {
                faults::of_end(&self.sent, expected, self.answered)
            }
            None if !has_closed && !accepted => match (self.is_first, self.is_alone) {
                (true, _) => Some(faults::NO_ACCEPT),
                (_, true) => Some(faults::NOT_NOTICED),
                _ => None,
            },
            None if !has_closed
                && received.is_empty()
                && expected == WELCOME.as_bytes() =>
            {
                self.is_first.then_some(faults::NO_WELCOME)
            }
            _ => faults::of_silence(&self.sent, received),
        }
    }

    /// Whether the other side goes on as soon as what was sent has ended with a newline, be it by an end: the commonest reason for a
    /// silence. It tries, so nothing more can be expected of this talk.
    fn is_waiting_for_a_newline(&mut self) -> bool {
        let may_wait = self.sent.last().is_some_and(|last| *last != b'\n');
        if !may_wait || self.write(b"\n").is_err() {
            return false;
        }
        let read = self.read(&mut Vec::new(), 1, Instant::now() + limit() / 3);
        !matches!(read, Received::Nothing)
    }

    /// Waits for exactly these bytes, and looks whether more came along with them.
    pub fn expect_only(&mut self, expected: impl AsRef<[u8]>) -> Outcome {
        self.expect(&expected)?;
        self.until_at_rest();
        let mut more = Vec::new();
        let Received::Bytes = self.read(&mut more, 200, Instant::now()) else {
            return Ok(());
        };
        let expected = expected.as_ref();
        let newline = more.starts_with(b"\n") || more.starts_with(b"\r\n");
        let asked_for_a_name = self.sent.ends_with(b"What's your name?");
        let (remark, fault) = if !asked_for_a_name {
            ("too early: nobody has asked for this", None)
        } else if more.starts_with(b"\0") {
            ("a zero: only the name was asked for", Some(faults::ZEROS))
        } else if newline && !expected.ends_with(b"\n") {
            ("a newline: names are sent without one", Some(faults::NAME_AND_NEWLINE))
        } else {
            ("too early: nobody has asked for this", Some(faults::SPEAKS_FIRST))
        };
        let ending = compared(expected, &[expected, &more].concat(), remark);
        Err(self.said("said more than it was asked for", &ending).common(fault))
    }

    /// Sends `message` twenty times, and expects the whole `answer` with one read each time.
    ///
    /// The first pieces of a talk are acknowledged at once. Later ones are not, and a second small write then waits in the other
    /// side's kernel, so that it can't come together with the first.
    pub fn expect_in_one_piece(&mut self, message: &[u8], answer: &[u8]) -> Outcome {
        let before = self.student.log.place();
        for _ in 0..20 {
            self.student.log.back_to(before);
            self.send(message)?;
            let mut first = Vec::new();
            self.read(&mut first, 1 << 16, Instant::now() + limit());
            if first == answer {
                continue;
            }
            // What there is to say to a silence or an end is said there.
            if first.is_empty() {
                return self.expect(answer);
            }
            self.step(&format!("waited for {}", quoted(answer)));
            if answer.starts_with(&first) {
                let remark = "this much came first, the rest later";
                let ending = compared(answer, &first, remark);
                return Err(self.said("", &ending).common(Some(faults::TWO_WRITES)));
            }
            return Err(self.said_else(answer, &first));
        }
        self.step(&format!("received {}", quoted(answer)));
        Ok(())
    }

    /// Waits for the end of the stream: the other side has closed, or finished sending.
    pub fn expect_end(&mut self) -> Outcome {
        self.end("did not close the connection", false)
    }

    /// Waits for the end of the stream, where the other side is still to be told something: it must finish sending, and not
    /// close.
    pub fn expect_finish(&mut self) -> Outcome {
        self.end("did not finish sending", false)?;
        // One that has closed both directions gets a reset for what is sent to it now, if it still reads.
        self.until_at_rest();
        Ok(())
    }

    /// Waits until the other side has closed the connection, in whatever way: one that has not read everything resets it.
    pub fn expect_closed(&mut self) -> Outcome {
        self.end("did not close the connection", true)
    }

    fn end(&mut self, otherwise: &str, may_be_a_reset: bool) -> Outcome {
        let mut received = Vec::new();
        let read = self.read(&mut received, 200, Instant::now() + limit());
        let step = match read {
            Received::End | Received::Reset if may_be_a_reset => {
                "found the connection closed"
            }
            Received::End => "saw the end",
            _ => "waited for the end",
        };
        self.step(step);
        match read {
            Received::End => Ok(()),
            Received::Reset if may_be_a_reset => Ok(()),
            Received::Reset => Err(self.fails(
                "reset the connection instead of closing it",
                UNREAD,
                None,
            )),
            Received::Nothing => {
                let late = seconds(limit());
                let ending = format!("Nothing came for {late}, and no end either.");
                if self.finished {
                    // Into which pieces the bytes were cut before has nothing to do with it.
                    self.student.log.circumstance(None);
                }
                let fault = match (self.finished, self.let_go) {
                    (true, _) if self.plays_the_server => Some(self.student.endless()),
                    (true, _) => Some(faults::NOT_CLOSED_AT_END),
                    (_, true) => Some(faults::NOT_CLOSED),
                    _ => None,
                };
                Err(self.fails(otherwise, &ending, fault))
            }
            Received::Bytes => {
                self.read_soon(&mut received, 200);
                let ending = compared(b"", &received, "here the end should be");
                let goes_on = [&b"Server: Hello"[..], b"Server: What's"];
                let goes_on = goes_on.iter().any(|words| received.starts_with(words));
                let zeros = received.starts_with(b"\0\0");
                let endless = (self.finished && goes_on).then_some(faults::ENDLESS);
                let fault = if zeros { Some(faults::ZEROS) } else { endless };
                Err(self.said("said more than it should", &ending).common(fault))
            }
        }
    }

    /// Finishes sending, and still listens: the half-close.
    pub fn finish(&mut self) -> Outcome {
        self.step("finished sending");
        self.finished = true;
        // It fails if the other side has gone already. What that is worth is for the next step to say.
        _ = self.stream.shutdown(Shutdown::Write);
        Ok(())
    }

    /// Goes away without a word.
    pub fn vanish(self) {
        self.leave("vanished");
    }

    /// Breaks the connection: the other side gets an error rather than the end.
    pub fn reset(self) {
        // Closing a socket that lingers for no time sends a reset.
        _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        self.leave("reset the connection");
    }

    fn leave(self, how: &str) {
        self.step(how);
        let student = Arc::clone(&self.student);
        drop(self);
        student.until_over_it();
    }

    /// A story about what the other side said: what it is doing now is beside the point.
    fn said(&self, did: &str, ending: &str) -> Story {
        self.student.brief(did, ending)
    }

    /// A story about other bytes than were expected.
    fn said_else(&self, expected: &[u8], received: &[u8]) -> Story {
        let remark = remark(parting(expected, received));
        let fault = faults::of_answer(&self.sent, expected, received);
        self.said("said something else", &compared(expected, received, &remark))
            .common(fault)
    }

    /// A story about the other side: what it did, and the details.
    fn fails(&self, did: &str, ending: &str, fault: Option<Fault>) -> Story {
        self.student.story(did, ending, |_, _| fault, self.addresses)
    }

    /// What else the other side says belongs to the picture, if it comes soon.
    fn read_soon(&mut self, received: &mut Vec<u8>, most: usize) {
        let soon = Instant::now() + Duration::from_millis(200);
        while received.len() < most
            && matches!(self.read(received, most, soon), Received::Bytes)
        {}
    }

    /// Appends what one call reads, so that there are at most `most` bytes.
    fn read(&mut self, received: &mut Vec<u8>, most: usize, until: Instant) -> Received {
        let left = until.saturating_duration_since(Instant::now());
        // Zero would mean no limit.
        let left = left.max(Duration::from_millis(1));
        if self.stream.set_read_timeout(Some(left)).is_err() {
            return Received::Reset;
        }
        let mut buffer = vec![0; most - received.len()];
        match self.stream.read(&mut buffer) {
            Ok(0) => Received::End,
            Ok(count) => {
                received.extend_from_slice(&buffer[..count]);
                Received::Bytes
            }
            Err(error) if is_late(&error) => Received::Nothing,
            Err(error) if error.kind() == ErrorKind::Interrupted => {
                self.read(received, most, until)
            }
            Err(_) => Received::Reset,
        }
    }
}

const UNREAD: &str =
    "A socket that is closed with unread bytes in its buffer sends a reset.";

/// What one read came to.
enum Received {
    Bytes,
    End,
    Reset,
    Nothing,
}

/// Whether a time limit was over, which systems tell in two ways.
fn is_late(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Pieces as a step of the story shows them.
fn shown(pieces: &[impl AsRef<[u8]>]) -> String {
    let pieces: Vec<&[u8]> = pieces.iter().map(AsRef::as_ref).collect();
    if pieces.len() > 2 && pieces.iter().all(|piece| piece.len() == 1) {
        return format!("{}, byte by byte", quoted(&pieces.concat()));
    }
    let shown: Vec<String> = pieces.into_iter().map(quoted).collect();
    shown.join(" | ")
}

pub(crate) fn remark(byte: usize) -> String {
    format!("byte {} is the first that is wrong", byte + 1)
}
