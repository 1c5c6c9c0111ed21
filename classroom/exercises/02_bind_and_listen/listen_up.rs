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
    // TODO: The socket has an address, but its door is closed. Open it with `listen`, and a backlog of 5.
    Ok(socket)
}

fn main() {
    grader::by_hand::show("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Story, call, check};
    use std::net::TcpStream;
    use std::time::Duration;

    #[test]
    fn five_connections_can_wait() -> Outcome {
        let socket = call("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))))?;
        let address = socket.local_addr().ok().and_then(|address| address.as_socket());
        let address = address.filter(|address| address.port() != 0);
        let address = address.ok_or_else(|| Story::new("the socket is not bound"))?;
        let ip = address.ip();
        check(
            ip.is_loopback(),
            &format!("the socket has the address {ip}, not the one that it was to have"),
        )?;
        // Linux lets one more wait than the backlog says.
        let can_wait = if cfg!(target_os = "linux") { 6 } else { 5 };
        let mut clients = Vec::new();
        for number in 1..=can_wait {
            let client = TcpStream::connect_timeout(&address, grader::limit());
            clients.push(client.map_err(|error| {
                Story::new(format!(
                    "the socket is bound, but client {number} could not connect"
                ))
                .ending(format!("connect gave: {}", error.kind()))
            })?);
        }
        // On Linux the next one gets no answer at all. Elsewhere systems count in other ways.
        if cfg!(target_os = "linux") {
            let soon = Duration::from_millis(100);
            let one_more = TcpStream::connect_timeout(&address, soon);
            check(
                one_more.is_err(),
                "more connections can wait than a backlog of 5 lets",
            )?;
        }
        Ok(())
    }
}
