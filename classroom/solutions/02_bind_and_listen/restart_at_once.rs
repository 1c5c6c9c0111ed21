//! 8 minutes · chapter 2 · fix the bug
//!
//! Reach: a server that can be started again at once, although its last client has only just left.
//! Why: the side that closes first keeps the port in TIME-WAIT for a minute or so. Without an option, the next start fails
//! with "Address already in use", and the clients of a server that is being repaired wait for the clock.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // SO_REUSEADDR, before bind. It does not allow two listeners on one port: only connections, whether they are over or still
    // open, are no longer in the way. On Linux that holds if the program that left them had set the option too, so set it from
    // the first start on. On Windows it would let another program take the port away.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(5)?;
    Ok(socket)
}

fn main() {
    grader::by_hand::show("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Log, Outcome, Story, call, check};
    use std::io::Read;
    use std::net::TcpStream;

    #[test]
    fn it_can_be_opened_again() -> Outcome {
        let first = call("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))))?;
        let address = close_first(&first)?;
        // Windows has no need of the option, and others do.
        let is_set = cfg!(unix) && first.reuse_address().unwrap_or(false);
        drop(first);
        let log = Log::default();
        log.add("your server was started");
        log.add("a client connected");
        log.add("the server closed the connection");
        log.add("the client closed it too");
        log.add("your server ended");
        match call("open", move || io::Result::Ok(open(address)))? {
            Ok(second) => is_at(&second, address),
            Err(error) => {
                log.add(format!("your server was started again: {}", error.kind()));
                let headline = "the server could not be started again at once";
                let late = "SO_REUSEADDR was set, but not before `bind`, which is the call that looks at it.";
                let advice = if is_set { late } else { "" };
                Err(Story::new(headline).after(&log).ending(advice))
            }
        }
    }

    #[test]
    fn nobody_can_share_its_port() -> Outcome {
        let first = call("open", || open(SocketAddr::from(([127, 0, 0, 1], 0))))?;
        let address = address(&first)?;
        let Ok(second) = call("open", move || io::Result::Ok(open(address)))? else {
            return Ok(());
        };
        is_at(&second, address)?;
        Err(Story::new(
            "two servers could listen on one port, and clients would come to either",
        ))
    }

    fn address(socket: &Socket) -> Outcome<SocketAddr> {
        let address = socket.local_addr().ok().and_then(|address| address.as_socket());
        address.ok_or_else(|| Story::new("the socket is not bound"))
    }

    fn is_at(server: &Socket, right: SocketAddr) -> Outcome {
        check(
            address(server)? == right,
            "the server was started again, and listens elsewhere: its clients don't look there",
        )
    }

    /// Lets a client come and the server close first. Gives the server's address.
    fn close_first(listener: &Socket) -> Outcome<SocketAddr> {
        let because = |what: &'static str| {
            move |error: io::Error| Story::new(what).ending(error.to_string())
        };
        let address = address(listener)?;
        let client = TcpStream::connect_timeout(&address, grader::limit());
        let mut client = client.map_err(because("a client could not connect"))?;
        let accepted = listener.accept();
        drop(accepted.map_err(because("the server could not accept a client"))?);
        client
            .read_to_end(&mut Vec::new())
            .map_err(because("the server reset its connection instead of closing it"))?;
        Ok(address)
    }
}
