//! A system that notes the calls which create and close sockets.

use crate::scripted_stream::same_calls;
use crate::story::Outcome;
use socket2::{Domain, Socket, Type};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;

/// Creates real sockets and notes each call, with the descriptor that a Unix system would give: the lowest that is free,
/// 0 to 2 being the standard streams.
#[derive(Default)]
pub struct System(Rc<RefCell<Notes>>);

#[derive(Default)]
struct Notes {
    calls: String,
    open: BTreeSet<usize>,
}

impl System {
    /// Creates a socket.
    pub fn socket(&self, domain: Domain, kind: Type) -> io::Result<NotedSocket> {
        let socket = Socket::new(domain, kind, None)?;
        let mut notes = self.0.borrow_mut();
        let descriptor = (3..).find(|free| !notes.open.contains(free)).unwrap_or(3);
        notes.open.insert(descriptor);
        notes
            .calls
            .push_str(&format!("socket({domain:?}, {kind:?}, 0) = {descriptor}\n"));
        Ok(NotedSocket { notes: Rc::clone(&self.0), descriptor, _socket: socket })
    }

    /// Compares the calls with a recording of them.
    pub fn recorded(&self, recording: &str) -> Outcome {
        same_calls(recording, &self.0.borrow().calls)
    }
}

/// A socket that is closed when it is dropped, which is noted.
pub struct NotedSocket {
    notes: Rc<RefCell<Notes>>,
    descriptor: usize,
    _socket: Socket,
}

impl Drop for NotedSocket {
    fn drop(&mut self) {
        let mut notes = self.notes.borrow_mut();
        notes.open.remove(&self.descriptor);
        notes.calls.push_str(&format!("close({}) = 0\n", self.descriptor));
    }
}
