//! Sends a message and looks at how many of its bytes were taken.
//!
//! ```text
//! cargo run --example 04_send [HOST:PORT]    (if not: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead, ErrorKind, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> ExitCode {
    let Err(error) = show_send() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: show_send
fn show_send() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let wanted = wanted.to_string_lossy();
    let socket = connect(&wanted)?;
    let mut out = io::stdout();

    // `send` hands bytes to our kernel, and says how many it took. That need not be all
    // (a short write): ours waits for room, but a signal, a time limit or a reset would
    // end the wait. What it did not take is for the next call.
    let mut rest: &[u8] = b"Hello, Mr Right!";
    while !rest.is_empty() {
        let taken =
            socket.send(rest).with_context(|| format!("can't send to {wanted}"))?;
        writeln!(out, "Sent {taken} of {} bytes", rest.len())?;
        rest = &rest[taken..];
    }

    // Taken is not delivered, and delivered is not read.
    writeln!(out, "Press Enter to close.")?;
    io::stdin().lock().skip_until(b'\n')?;
    Ok(())
}
// ANCHOR_END: show_send

// ANCHOR: connect
/// Connects to the first of the host's addresses that answers: a name may have several,
/// of IPv4 and IPv6.
fn connect(wanted: &str) -> anyhow::Result<Socket> {
    let addresses =
        wanted.to_socket_addrs().with_context(|| format!("can't connect to {wanted}"))?;

    let mut failure = io::Error::other("the name has no address");
    for address in addresses {
        match connect_to(address) {
            Ok(socket) => return Ok(socket),
            Err(error) => failure = error,
        }
    }
    Err(failure).with_context(|| format!("can't connect to {wanted}"))
}

fn connect_to(address: SocketAddr) -> io::Result<Socket> {
    // No `bind`: `connect` gives the socket an address and a free port of this machine.
    let socket =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?; // blocks until the server's kernel has answered
    Ok(socket)
}
// ANCHOR_END: connect

// ANCHOR: hint
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    let error = error.downcast_ref::<io::Error>()?;
    match error.kind() {
        ErrorKind::ConnectionRefused => {
            Some("is a server listening there? start one, or name the address of another")
        }
        ErrorKind::InvalidInput => {
            Some("an address is HOST:PORT, the port at most 65535, as in 127.0.0.1:6000")
        }
        _ if error.to_string().starts_with("failed to lookup") => {
            Some("is the host's name spelled right, and is there a network?")
        }
        _ => None,
    }
}
// ANCHOR_END: hint
