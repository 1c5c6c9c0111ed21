//! The other end of the connection with the student's program.

use crate::limit::{limit, seconds};
use crate::story::{Log, Outcome, Story, compared, parting, quoted};
use crate::student::Student;
use socket2::SockRef;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    pub(crate) fn new(
        name: &str,
        stream: TcpStream,
        student: &Arc<Student>,
        log: &Log,
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
    pub fn send(&mut self, bytes: &[u8]) -> Outcome {
        self.send_in_pieces(&[bytes])
    }

    /// Sends the pieces one after another; each is taken by the other end before the next is sent.
    pub fn send_in_pieces(&mut self, pieces: &[impl AsRef<[u8]>]) -> Outcome {
        self.log.add(format!("{} sent {}", self.name, shown(pieces)));
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

    /// Says nothing for so long, or until the other side has ended. A client that takes a silence of this length for the end is
    /// found out; one with a longer time limit is not.
    pub fn pause(&mut self, time: Duration) {
        self.log.add(format!("{} said nothing for {}", self.name, seconds(time)));
        let until = Instant::now() + time;
        while Instant::now() < until && !self.student.ended() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks a question in pieces, like [`Peer::send_in_pieces`]. The other side must not answer before it is whole.
    pub(crate) fn ask_in_pieces(&mut self, pieces: &[&[u8]]) -> Outcome {
        let before = self.log.place();
        for (piece, number) in pieces.iter().zip(1..) {
            self.log.back_to(before);
            self.log.add(format!("{} sent {}", self.name, shown(&pieces[..number])));
            self.write(piece)?;
            if number == pieces.len() {
                break;
            }
            self.until_at_rest();
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
    pub fn expect(&mut self, expected: impl AsRef<[u8]>) -> Outcome {
        let expected = expected.as_ref();
        let mut received = Vec::new();
        let until = Instant::now() + limit();
        while received.len() < expected.len() {
            let read = self.read(&mut received, expected.len(), until);
            if expected.starts_with(&received) && matches!(read, Received::Bytes) {
                continue;
            }
            self.log.add(format!("{} waited for {}", self.name, quoted(expected)));
            let (did, remark) = if expected.starts_with(&received) {
                let place = match received.len() {
                    0 => "nothing came".to_owned(),
                    count => format!("{count} of {} bytes came", expected.len()),
                };
                match read {
                    Received::Bytes => continue,
                    Received::End => (
                        "closed the connection too early",
                        format!("{place}, then the end"),
                    ),
                    Received::Reset => {
                        ("reset the connection", format!("{place}, then a reset"))
                    }
                    Received::Nothing if received.is_empty() => {
                        ("said nothing", format!("nothing came for {}", seconds(limit())))
                    }
                    Received::Nothing => (
                        "said too little",
                        format!("{place}, then nothing for {}", seconds(limit())),
                    ),
                }
            } else {
                self.read_soon(&mut received, expected.len() + 200);
                (SAID_ELSE, remark(parting(expected, &received)))
            };
            let mut ending = compared(expected, &received, &remark);
            if let Received::Reset = read
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
        let before = self.log.place();
        for _ in 0..20 {
            self.log.back_to(before);
            self.send(message)?;
            let first = self.one_read().unwrap_or_default();
            if first == answer {
                continue;
            }
            // What there is to say to a silence or an end is said there.
            if first.is_empty() {
                return self.expect(answer);
            }
            self.log.add(format!("{} waited for {}", self.name, quoted(answer)));
            if answer.starts_with(&first) {
                let remark = "this much came first, the rest later";
                let ending = format!("{}\n\n{STALL}", compared(answer, &first, remark));
                return Err(self.said("sent a turn in two pieces", &ending));
            }
            let ending = compared(answer, &first, &remark(parting(answer, &first)));
            return Err(self.said(SAID_ELSE, &ending));
        }
        Ok(())
    }

    /// Waits for the end of the stream: the other side has closed, or finished sending.
    pub fn expect_end(&mut self) -> Outcome {
        self.end("did not close the connection")
    }

    /// Waits for the end of the stream, where the other side is still to be told something: it must finish sending, and not
    /// close.
    pub fn expect_finish(&mut self) -> Outcome {
        self.end("did not finish sending")
    }

    /// Waits until the other side has closed the connection, in whatever way: one that has not read everything resets it.
    pub fn expect_closed(&mut self) -> Outcome {
        let mut received = Vec::new();
        match self.read(&mut received, 200, Instant::now() + limit()) {
            Received::End | Received::Reset => {
                self.log.add(format!("{} found the connection closed", self.name));
                Ok(())
            }
            read => self.no_end(read, received, "did not close the connection"),
        }
    }

    fn end(&mut self, otherwise: &str) -> Outcome {
        let mut received = Vec::new();
        match self.read(&mut received, 200, Instant::now() + limit()) {
            Received::End => {
                self.log.add(format!("{} saw the end", self.name));
                Ok(())
            }
            read => self.no_end(read, received, otherwise),
        }
    }

    /// The story of a read that came to something else than the end.
    fn no_end(
        &mut self,
        read: Received,
        mut received: Vec<u8>,
        otherwise: &str,
    ) -> Outcome {
        self.log.add(format!("{} waited for the end", self.name));
        if let Received::Bytes = read {
            self.read_soon(&mut received, 200);
        }
        let (did, ending) = match read {
            Received::Bytes => {
                let ending = compared(b"", &received, "here the end should be");
                return Err(self.said("said more than it should", &ending));
            }
            Received::Nothing => (
                otherwise,
                format!("Nothing came for {}, and no end either.", seconds(limit())),
            ),
            Received::End | Received::Reset => {
                ("reset the connection instead of closing it", UNREAD.to_owned())
            }
        };
        Err(self.fails(did, &ending))
    }

    /// Finishes sending, and still listens: the half-close.
    pub fn finish(&mut self) -> Outcome {
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
    fn one_read(&mut self) -> Option<Vec<u8>> {
        let mut received = Vec::new();
        match self.read(&mut received, 1 << 16, Instant::now() + limit()) {
            Received::Bytes => Some(received),
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
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Received::Nothing,
                ErrorKind::Interrupted => self.read(received, most, until),
                _ => Received::Reset,
            },
        }
    }
}

const UNREAD: &str =
    "A socket that is closed with unread bytes in its buffer sends a reset.";

pub(crate) const STALL: &str = "Two small writes and then a read is the slow pattern: the kernel holds the second write until \
    the first\nis acknowledged, and the other side is in no hurry to. Send both with one call.";

const SAID_ELSE: &str = "said something else";

/// What one read came to.
enum Received {
    Bytes,
    End,
    Reset,
    Nothing,
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
