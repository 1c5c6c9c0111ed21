//! A client that sends and doesn't read, until the server waits in its own write.

use super::Peer;
use crate::limit::within;
use crate::story::Outcome;
use crate::student::Student;
use socket2::SockRef;
use std::io::Write;
use std::net::TcpStream;

/// Sends `message(0)`, `message(1)` and so on, byte by byte of it, until the server takes no more: the buffers between the two are
/// full, and the server, which has more to read, rests. So it waits in a write, if it gives back what comes. Sends `most` bytes to a
/// server that keeps everything. Gives how many bytes were taken.
pub(crate) fn fill(
    mut stream: &TcpStream,
    student: &Student,
    most: usize,
    message: impl Fn(usize) -> u8,
) -> usize {
    const PIECE: usize = 1 << 16;
    let mut sent = 0;
    if stream.set_nonblocking(true).is_err() {
        return sent;
    }
    within(crate::limit(), || {
        let before = sent;
        while sent < most {
            let piece: Vec<u8> = (sent..most.min(sent + PIECE)).map(&message).collect();
            match stream.write(&piece) {
                Ok(count) => sent += count,
                // What is wrong with the connection is for the next step to say.
                Err(_) => break,
            }
        }
        // What was sent a moment ago may be on its way, and the server about to take it.
        student.until_over_it();
        sent == before || sent == most || student.ended()
    });
    _ = stream.set_nonblocking(false);
    sent
}

impl Peer {
    /// Sends without reading, until the server waits in a write, if it gives back what comes.
    pub fn sends_without_reading(&mut self) -> Outcome {
        self.step("sent and did not read, until your server took no more");
        // With a small buffer at this end, the server has to wait soon. It works without it as well.
        _ = SockRef::from(&self.stream).set_recv_buffer_size(4096);
        fill(&self.stream, &self.student, 16 << 20, |_| b'x');
        Ok(())
    }
}
