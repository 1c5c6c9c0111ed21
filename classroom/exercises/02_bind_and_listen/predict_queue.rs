//! 10 minutes · chapter 2 · predict
//!
//! Reach: say what a listening socket does for guests while the program does nothing at all.
//! Why: the kernel shakes hands, queues and takes bytes on its own. Who believes that `accept` makes the connection will look
//! for many faults in the wrong place.

use std::io::ErrorKind;

/// A server listens, but never calls `accept`. Does a guest's `connect` succeed?
// TODO: Some(true) or Some(false)
const CONNECTS_BEFORE_ACCEPT: Option<bool> = None;

/// The guest sends 5 bytes, still before `accept`. How many does its `send` say that were taken?
// TODO: Some(a number of bytes)
const TAKEN_BEFORE_ACCEPT: Option<usize> = None;

/// The guest sends those bytes, closes, and is gone. Only then the server calls `accept`, and reads. How many bytes come?
// TODO: Some(a number of bytes)
const READ_AFTER_GUEST_WENT: Option<usize> = None;

/// A socket is bound, but does not listen. What does `connect` to it give?
// TODO: Some(ErrorKind::…)
const CONNECT_TO_BOUND: Option<ErrorKind> = None;

/// A socket listens on a port. Another is bound to the same port. What does its `bind` give?
// TODO: Some(ErrorKind::…)
const BIND_TWICE: Option<ErrorKind> = None;

fn main() {
    println!(
        "{CONNECTS_BEFORE_ACCEPT:?} {TAKEN_BEFORE_ACCEPT:?} {READ_AFTER_GUEST_WENT:?}"
    );
    println!("{CONNECT_TO_BOUND:?} {BIND_TWICE:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Graded, limit, predicted};
    use socket2::{Domain, SockAddr, Socket, Type};
    use std::io::{self, Read, Write};
    use std::net::SocketAddr;

    fn bound() -> io::Result<(Socket, SockAddr)> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
        let address = socket.local_addr()?;
        Ok((socket, address))
    }

    fn connect(address: &SockAddr) -> io::Result<Socket> {
        let guest = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        guest.connect_timeout(address, limit())?;
        Ok(guest)
    }

    #[test]
    fn before_accept() -> Graded {
        let (server, address) = bound().expect("a socket can be bound");
        server.listen(5).expect("it can listen");
        let guest = connect(&address);
        predicted("CONNECTS_BEFORE_ACCEPT", CONNECTS_BEFORE_ACCEPT, guest.is_ok())?;

        let mut guest = guest.expect("it is connected");
        let taken = guest.write(b"hello").expect("bytes can be sent");
        predicted("TAKEN_BEFORE_ACCEPT", TAKEN_BEFORE_ACCEPT, taken)?;

        drop(guest);
        let (mut accepted, _) = server.accept().expect("somebody is in the queue");
        let count = accepted.read(&mut [0; 1024]).expect("bytes can be received");
        predicted("READ_AFTER_GUEST_WENT", READ_AFTER_GUEST_WENT, count)
    }

    #[test]
    fn connect_to_bound() -> Graded {
        let (_server, address) = bound().expect("a socket can be bound");
        let error = connect(&address).expect_err("it does not listen");
        predicted("CONNECT_TO_BOUND", CONNECT_TO_BOUND, error.kind())
    }

    #[test]
    fn bind_twice() -> Graded {
        let (server, address) = bound().expect("a socket can be bound");
        server.listen(5).expect("it can listen");
        let second = Socket::new(Domain::IPV4, Type::STREAM, None)
            .expect("a socket can be created");
        let error = second.bind(&address).expect_err("the port is taken");
        predicted("BIND_TWICE", BIND_TWICE, error.kind())
    }
}
