//! The other end of the connection with the student's program.

use crate::limit::{limit, seconds, within};
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
    /// The last byte that was sent: then there may be bytes that the student has not read.
    last_sent: Option<u8>,
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
            last_sent: None,
            addresses: ready.as_ref().ok().copied(),
        };
        let closed = |error: Error| {
            peer.fails("closed the connection at once", &error.to_string())
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

    /// Says nothing for so long, or until the other side has ended. One that takes a silence of this length for the end is found
    /// out; one with a longer time limit is not.
    pub fn pause(&mut self, time: Duration) {
        self.step(&format!("said nothing for {}", seconds(time)));
        within(time, || self.student.ended());
    }

    /// Sends a message in two pieces, with a silence between them that is longer than any time limit of the other side. One that
    /// takes a silence for the end is found out.
    ///
    /// A side that waits without a time limit is not made to wait. The limit of one that has one is shortened, where the system
    /// lets the grader do so. Otherwise the silence is longer than anything may take.
    pub fn send_with_a_silence(&mut self, first: &[u8], rest: &[u8]) -> Outcome {
        let (begin, end) = first.split_at(first.len() / 2);
        let before = self.student.log.place();
        self.step(&format!("sent {}", quoted(first)));
        self.write(begin)?;
        self.until_at_rest();
        let limit = self.student.hurry();
        // A shortened limit begins to count with the next `recv`.
        self.write(end)?;
        self.until_it_waits();
        if let Some(limit) = limit {
            self.student.log.back_to(before);
            self.step(&format!("sent {}", quoted(first)));
            let limit = seconds(limit);
            self.step(&format!(
                "said nothing for longer than your time limit of {limit}"
            ));
        } else {
            self.step("said nothing for a while");
        }
        if self.student.ended() {
            let advice = "The server had not finished: it was only silent for a while.";
            return Err(self.fails("did not wait for the end", advice));
        }
        self.step(&format!("sent {}", quoted(rest)));
        self.write(rest)
    }

    /// Waits until the other side has taken what was sent and waits for more, or has spoken or ended.
    fn until_it_waits(&self) {
        self.student.until_it_waits(&self.stream, || self.has_come());
    }

    /// Asks a question, and holds its last byte back until the other side waits for it, however long that takes: one that trusts the
    /// clock speaks before.
    pub(crate) fn ask_held_back(&mut self, question: &[u8]) -> Outcome {
        let (last, first) = question.split_last().unwrap_or((&0, &[]));
        self.ask(&[first, &[*last]], Self::until_it_waits)
    }

    /// Asks a question in pieces, like [`Peer::send_in_pieces`]. The other side must not answer before it is whole.
    pub(crate) fn ask_in_pieces(&mut self, pieces: &[&[u8]]) -> Outcome {
        self.ask(pieces, Self::until_at_rest)
    }

    /// Asks a question in pieces, and waits between them.
    fn ask(&mut self, pieces: &[&[u8]], wait: fn(&Self)) -> Outcome {
        let before = self.student.log.place();
        for (piece, number) in pieces.iter().zip(1..) {
            self.student.log.back_to(before);
            self.step(&format!("sent {}", shown(&pieces[..number])));
            self.write(piece)?;
            if number == pieces.len() {
                break;
            }
            wait(self);
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
    fn write(&mut self, bytes: &[u8]) -> Outcome {
        self.last_sent = bytes.last().copied().or(self.last_sent);
        match self.stream.write_all(bytes) {
            Err(error) if is_late(&error) => {
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
                let ending = compared(
                    expected,
                    &received,
                    "this was all, until a newline was sent",
                );
                let story = self.said("waits for a newline that never comes", &ending);
                return Err(story.of_common_fault("it waits for a newline", NEWLINE));
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
            if self.last_sent.is_some() && matches!(read, Received::Reset) {
                ending.push_str(&format!("\n\n{UNREAD}"));
            }
            return Err(self.fails(did, &ending));
        }
        if !expected.is_empty() {
            self.step(&format!("received {}", quoted(expected)));
        }
        Ok(())
    }

    /// Whether the other side goes on as soon as what was sent has ended with a newline: the commonest reason for a silence. It
    /// tries, so nothing more can be expected of this talk.
    fn is_waiting_for_a_newline(&mut self) -> bool {
        if self.last_sent.is_none_or(|last| last == b'\n') || self.write(b"\n").is_err() {
            return false;
        }
        let read = self.read(&mut Vec::new(), 1, Instant::now() + limit() / 3);
        matches!(read, Received::Bytes)
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
        let remark = match newline && !expected.ends_with(b"\n") {
            true => "a newline: names are sent without one",
            false => "too early: nobody has asked for this",
        };
        let ending = compared(expected, &[expected, &more].concat(), remark);
        Err(self.said("said more than it was asked for", &ending))
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
                let ending = format!("{}\n\n{STALL}", compared(answer, &first, remark));
                return Err(self.said("sent a turn in two pieces", &ending));
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
            Received::Reset => {
                Err(self.fails("reset the connection instead of closing it", UNREAD))
            }
            Received::Nothing => {
                let late = seconds(limit());
                let ending = format!("Nothing came for {late}, and no end either.");
                Err(self.fails(otherwise, &ending))
            }
            Received::Bytes => {
                self.read_soon(&mut received, 200);
                let ending = compared(b"", &received, "here the end should be");
                Err(self.said("said more than it should", &ending))
            }
        }
    }

    /// Finishes sending, and still listens: the half-close.
    pub fn finish(&mut self) -> Outcome {
        self.step("finished sending");
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
        self.said("said something else", &compared(expected, received, &remark))
    }

    /// A story about the other side: what it did, and the details.
    fn fails(&self, did: &str, ending: &str) -> Story {
        self.student.story(did, ending, self.addresses.as_slice())
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

const NEWLINE: &str = "As soon as a newline was sent, an answer came. But here nothing ends with a newline unless a person typed it:\n\
    what one read returns has to be enough. Does your program read lines?";

const UNREAD: &str =
    "A socket that is closed with unread bytes in its buffer sends a reset.";

pub(crate) const STALL: &str = "Two small writes and then a read is the slow pattern: the kernel holds the second write until \
    the first\nis acknowledged, and the other side is in no hurry to. Send both with one call.";

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

mod flood;
