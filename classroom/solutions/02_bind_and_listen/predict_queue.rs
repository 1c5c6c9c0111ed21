//! 10 minutes · chapter 2 · predict
//!
//! Reach: say what a listening socket does for clients while the program does nothing at all.
//! Why: the kernel shakes hands, queues and takes bytes on its own. If you believe that `accept` makes the connection, you will
//! look for many faults in the wrong place.
//!
//! An error's kind is its message in one word: "Address already in use" is `AddrInUse`, "Address not available" `AddrNotAvailable`,
//! "Connection refused" `ConnectionRefused`, "Connection reset by peer" `ConnectionReset`.

use std::io::ErrorKind;

/// The kernel shakes hands on its own. `accept` only takes a connection that is already made out of the queue.
const CONNECTS_BEFORE_ACCEPT: Option<bool> = Some(true);

/// All of them: they wait in the receive buffer of a connection that no program has seen yet.
const TAKEN_BEFORE_ACCEPT: Option<usize> = Some(5);

/// They are still there, and after them the end of the stream.
const READ_AFTER_CLIENT_WENT: Option<usize> = Some(5);

/// As if nobody were there at all.
const CONNECT_TO_BOUND: Option<ErrorKind> = Some(ErrorKind::ConnectionRefused);

/// One address and port, one listener.
const BIND_TWICE: Option<ErrorKind> = Some(ErrorKind::AddrInUse);

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
