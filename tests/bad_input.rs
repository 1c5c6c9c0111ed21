//! What every program does with an address that is none: one clear line on standard error
//! and one with a hint, nothing on standard output, exit status 1.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use assert_cmd::Command;
use predicates::prelude::*;
use socket2::{Domain, Socket, Type};

use crate::examples;

/// `verb` is what the program says that it can't do: `listen on`, for instance.
pub fn is_told_by_a_server(example: &str, verb: &str) {
    let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let busy = busy_address(&busy);
    is_told(example, &format!("can't {verb} {busy}: "), &busy, "another port");
    // An address of the block that is kept for documentation is no machine's (RFC 5737).
    is_told(
        example,
        &format!("can't {verb} 192.0.2.1:6000: "),
        "192.0.2.1:6000",
        "this machine",
    );
    no_address_is_told(example, verb);
}

/// A client's, likewise.
pub fn is_told_by_a_client(example: &str) {
    let (_deaf, address) = deaf_port();
    let address = address.to_string();
    is_told(
        example,
        &format!("can't connect to {address}: "),
        &address,
        "is a server listening",
    );
    no_address_is_told(example, "connect to");
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

fn no_address_is_told(example: &str, verb: &str) {
    let told = |no_address: &str, hint: &str| {
        is_told(example, &format!("can't {verb} {no_address}: "), no_address, hint);
    };
    for no_address in [
        "127.0.0.1",       // no port
        "127.0.0.1:",      // an empty one
        "127.0.0.1:99999", // out of range
        "127.0.0.1:http",  // no number
        "6000",
        "",
    ] {
        told(no_address, "HOST:PORT");
    }
    // The name that never resolves (RFC 6761). Windows words the error in its own way.
    if cfg!(not(windows)) {
        told("no-such-host.invalid:6000", "spelled right");
    }
}

fn is_told(example: &str, error: &str, argument: &str, hint: &str) {
    Command::new(examples::path(example))
        .arg(argument)
        .timeout(examples::limit())
        .env("RUST_BACKTRACE", "1")
        .assert()
        .code(1)
        .stdout("")
        .stderr(predicate::str::starts_with(format!("error: {error}")))
        .stderr(predicate::function(|text: &str| {
            let lines: Vec<&str> = text.lines().collect();
            lines.len() == 2 && lines[1].starts_with("hint: ") && lines[1].contains(hint)
        }));
}

fn busy_address(listener: &TcpListener) -> String {
    listener.local_addr().expect("it is bound").to_string()
}
