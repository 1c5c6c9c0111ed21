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

