//! 8 minutes · chapter 1 · fill the blank
//!
//! Reach: a socket for TCP over IPv4.
//! Why: a socket gets its family and its kind when it is created, and keeps them for life. One of another family can't be
//! bound to 127.0.0.1; one of another kind carries single datagrams, not a stream.

use socket2::{Domain, Socket, Type};
use std::io;

fn create() -> io::Result<Socket> {
    // TODO: This makes a socket for datagrams over IPv6. Choose the other family and the other kind.
    Socket::new(Domain::IPV6, Type::DGRAM, None)
}

fn main() {
    grader::by_hand::show("create", create);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, call, check};
    use socket2::Type;
    use std::net::{Ipv4Addr, SocketAddr};

    #[test]
    fn its_family_is_ipv4() -> Outcome {
        let socket = call("create", create)?;
        let has = socket.local_addr().ok().and_then(|address| address.as_socket());
        check(
            has.is_none_or(|address| address.port() == 0),
            "the socket has an address already: `create` should do no more than create it",
        )?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let fits = socket.bind(&address.into()).is_ok();
        check(fits, "an IPv4 address does not fit the socket: it is of another family")
    }

    #[test]
    fn its_kind_is_stream() -> Outcome {
        let socket = call("create", create)?;
        let stream = socket.r#type().is_ok_and(|kind| kind == Type::STREAM);
        check(stream, "the socket is not for a stream, but for datagrams")
    }
}
