//! 10 minutes · chapter 2 · predict
//!
//! Reach: say what a listening socket does for clients while the program does nothing at all.
//! Why: the kernel shakes hands, queues and takes bytes on its own. If you believe that `accept` makes the connection, you will
//! look for many faults in the wrong place.
//!
//! An error's kind is its message in one word: "Address already in use" is `AddrInUse`, "Address not available" `AddrNotAvailable`,
//! "Connection refused" `ConnectionRefused`, "Connection reset by peer" `ConnectionReset`.

use std::io::ErrorKind;

/// A server listens, but never calls `accept`. Does a client's `connect` succeed?
// TODO: Some(true) or Some(false)
const CONNECTS_BEFORE_ACCEPT: Option<bool> = None;

/// The client sends 5 bytes, still before `accept`. How many does its `send` say that were taken?
// TODO: Some(a number of bytes)
const TAKEN_BEFORE_ACCEPT: Option<usize> = None;

/// The client sends those bytes, closes, and is gone. Only then the server calls `accept`, and reads. How many bytes come?
// TODO: Some(a number of bytes)
const READ_AFTER_CLIENT_WENT: Option<usize> = None;

/// A socket is bound, but does not listen. What does `connect` to it give?
// TODO: Some(ErrorKind::…)
const CONNECT_TO_BOUND: Option<ErrorKind> = None;

/// A socket listens on a port. Another is bound to the same port. What does its `bind` give?
// TODO: Some(ErrorKind::…)
const BIND_TWICE: Option<ErrorKind> = None;

fn main() {
    println!(
        "{CONNECTS_BEFORE_ACCEPT:?} {TAKEN_BEFORE_ACCEPT:?} {READ_AFTER_CLIENT_WENT:?}"
    );
    println!("{CONNECT_TO_BOUND:?} {BIND_TWICE:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, limit, predicted};
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
        let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        client.connect_timeout(address, limit())?;
        Ok(client)
    }

    #[test]
    fn before_accept() -> Outcome {
        let (server, address) = bound().expect("a socket can be bound");
        server.listen(5).expect("it can listen");
        let client = connect(&address);
        predicted("CONNECTS_BEFORE_ACCEPT", CONNECTS_BEFORE_ACCEPT, client.is_ok())?;

        let mut client = client.expect("it is connected");
        let taken = client.write(b"hello").expect("bytes can be sent");
        predicted("TAKEN_BEFORE_ACCEPT", TAKEN_BEFORE_ACCEPT, taken)?;

        drop(client);
        let (mut accepted, _) = server.accept().expect("somebody is in the queue");
        let count = accepted.read(&mut [0; 1024]).expect("bytes can be received");
        predicted("READ_AFTER_CLIENT_WENT", READ_AFTER_CLIENT_WENT, count)
    }

    #[test]
    fn connect_to_bound() -> Outcome {
        let (_server, address) = bound().expect("a socket can be bound");
        let error = connect(&address).expect_err("it does not listen");
        predicted("CONNECT_TO_BOUND", CONNECT_TO_BOUND, error.kind())
    }

    #[test]
    fn bind_twice() -> Outcome {
        let (server, address) = bound().expect("a socket can be bound");
        server.listen(5).expect("it can listen");
        let second = Socket::new(Domain::IPV4, Type::STREAM, None)
            .expect("a socket can be created");
        let error = second.bind(&address).expect_err("the port is taken");
        predicted("BIND_TWICE", BIND_TWICE, error.kind())
    }
}
