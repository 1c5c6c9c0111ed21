//! 8 minutes · chapter 2 · fix the bug
//!
//! Reach: a socket that clients can connect to.
//! Why: bind gives a socket its address, and nothing more. Until it listens, every client is refused, and the message
//! "connection refused" is the very same as if no program were there.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&address.into())?;
    // From here on the kernel shakes hands with every client, and queues the connections until `accept` takes them. The
    // number is how many may wait.
    socket.listen(5)?;
    Ok(socket)
}

fn main() {
    grader::by_hand::show("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Story, call};
    use std::net::TcpStream;

    #[test]
    fn a_client_can_connect() -> Outcome {
        let socket = call("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))))?;
        let address = socket.local_addr().ok().and_then(|address| address.as_socket());
        let address = address.ok_or_else(|| Story::new("the socket is not bound"))?;
        match TcpStream::connect_timeout(&address, grader::limit()) {
            Ok(_) => Ok(()),
            Err(error) => {
                Err(Story::new("the socket is bound, but a client could not connect")
                    .ending(format!("connect gave: {}", error.kind())))
            }
        }
    }
}
