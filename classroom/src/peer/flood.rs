//! A client that sends and never reads, until the server waits in its own write.

use super::Peer;
use crate::limit::within;
use crate::story::Outcome;
use socket2::SockRef;
use std::io::Write;

/// What a server that keeps everything is sent at most, in bytes.
const MOST: usize = 16 << 20;

impl Peer {
    /// Sends without reading, until the server takes no more: the buffers between the two are full, and the server, which has more to
    /// read, rests. So it waits in a write, if it gives back what comes.
    pub fn sends_without_reading(&mut self) -> Outcome {
        self.step("sent and did not read, until your server took no more");
        // With a small buffer at this end, the server has to wait soon. It works without it as well.
        _ = SockRef::from(&self.stream).set_recv_buffer_size(4096);
        let mut sent = 0;
        within(crate::limit(), || {
            let before = sent;
            sent += self.sends_what_fits(MOST - sent);
            // What was sent a moment ago may be on its way, and the server about to take it.
            self.student.until_over_it();
            sent == before || sent == MOST || self.student.ended()
        });
        Ok(())
    }

    /// Sends until a write would have to wait, but no more than this, and says how many bytes were taken.
    fn sends_what_fits(&mut self, most: usize) -> usize {
        const PIECE: [u8; 4096] = [b'x'; 4096];
        let mut sent = 0;
        if self.stream.set_nonblocking(true).is_err() {
            return sent;
        }
        while sent < most {
            match self.stream.write(&PIECE[..PIECE.len().min(most - sent)]) {
                Ok(count) => sent += count,
                // What is wrong with the connection is for the next step to say.
                Err(_) => break,
            }
        }
        _ = self.stream.set_nonblocking(false);
        sent
    }
}
