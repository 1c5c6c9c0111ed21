//! 8 minutes · chapter 1 · write it yourself
//!
//! Reach: a TCP socket of the family that an address belongs to.
//! Why: a program that always creates IPv4 sockets works until the first address with colons in it. The address knows its
//! family, so nobody should have to guess.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn create_for(address: SocketAddr) -> io::Result<Socket> {
    // `for_address` is a `match` on the two variants of `SocketAddr`: V4 gives IPV4, V6 gives IPV6.
    Socket::new(Domain::for_address(address), Type::STREAM, None)
}

fn main() {
    grader::by_hand::show("create_for", || {
        create_for(SocketAddr::from(([127, 0, 0, 1], 6000)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, call, check};
    use socket2::Type;
    use std::net::TcpListener;

    fn fits(address: &str) -> Outcome {
        // A system without IPv6 has no such address, and nothing to check.
        let Ok(listener) = TcpListener::bind(address) else {
            println!("skipped: this system has no address {address}");
            return Ok(());
        };
        let address = listener.local_addr().expect("a listener has an address");
        let socket = call("create_for", move || create_for(address))?;
        let stream = socket.r#type().is_ok_and(|kind| kind == Type::STREAM);
        check(stream, "the socket is not for a stream, but for datagrams")?;
        check(
            socket.peer_addr().is_err(),
            "the socket is connected already: `create_for` should do no more than create it",
        )?;
        let connected = socket.connect(&address.into()).is_ok();
        check(
            connected,
            &format!(
                "the socket can't be connected to {}: it is of another family",
                address.ip()
            ),
        )
    }

    #[test]
    fn an_ipv4_address() -> Outcome {
        fits("127.0.0.1:0")
    }

    #[test]
    fn an_ipv6_address() -> Outcome {
        fits("[::1]:0")
    }
}
