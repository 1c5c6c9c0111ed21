//! What every program does with an address that it can't use: says what it tried and why that
//! failed, on standard error; nothing on standard output; exit status 1.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use predicates::prelude::*;
use socket2::{Domain, Socket, Type};

use crate::examples;

/// `verb` is what the program says that it can't do: `listen on`, for instance.
pub fn is_told_by_a_server(example: &str, verb: &str) {
    let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let busy = busy.local_addr().expect("it is bound").to_string();
    is_told(example, verb, &busy, if cfg!(unix) { "in use" } else { "os error" });
    // An address of the block that is kept for documentation is no machine's (RFC 5737).
    is_told(example, verb, "192.0.2.1:6000", "os error");
    what_is_no_address_is_told(example, verb);
}

/// The same for a client.
pub fn is_told_by_a_client(example: &str) {
    let (_deaf, address) = deaf_port();
    is_told(example, "connect to", &address.to_string(), "os error");
    what_is_no_address_is_told(example, "connect to");
}

/// A port that is bound and does not listen: a client is refused, and as long as the socket
/// lives nobody else gets the port.
pub fn deaf_port() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&any.into()).expect("some port is free");
    let address = socket.local_addr().ok().and_then(|address| address.as_socket());
    (socket, address.expect("it is bound to an IPv4 address"))
}

/// How an error ends a program: what was tried, then the cause.
pub fn error(tried: &str, cause: &str) -> String {
    format!("Error: {tried}\n\nCaused by:\n    {cause}\n")
}

fn what_is_no_address_is_told(example: &str, verb: &str) {
    is_told(example, verb, "127.0.0.1", "invalid socket address");
    is_told(example, verb, "6000", "invalid socket address");
    is_told(example, verb, "", "invalid socket address");
    is_told(example, verb, "127.0.0.1:", "invalid port value");
    is_told(example, verb, "127.0.0.1:99999", "invalid port value");
    is_told(example, verb, "127.0.0.1:http", "invalid port value");
    // The name that never resolves (RFC 6761). Windows words the error in its own way.
    if cfg!(not(windows)) {
        is_told(example, verb, "no-such-host.invalid:6000", "failed to lookup address");
    }
}

fn is_told(example: &str, verb: &str, address: &str, cause: &str) {
    let tried = format!("can't {verb} {address}");
    examples::command(example)
        .arg(address)
        .assert()
        .code(1)
        .stdout("")
        .stderr(predicate::str::starts_with(error(&tried, "").trim_end()))
        .stderr(predicate::str::contains(cause));
}
