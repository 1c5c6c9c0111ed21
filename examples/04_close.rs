//! The whole client: connects, answers what it is asked, prints what it hears, and
//! closes.
//!
//! ```text
//! cargo run --example 04_close [HOST:PORT]    (if not: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> ExitCode {
    let Err(error) = talk() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: talk
fn talk() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let wanted = wanted.to_string_lossy();
    let mut socket = connect(&wanted)?;
    let mut out = io::stdout();

    let mut answers = ["Mr Right", "exit"].iter();
    let mut received = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let n = socket
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {wanted}"))?;
        if n == 0 {
            break; // the server has closed its end
        }
        out.write_all(&buffer[..n])?;
        out.flush()?;

        received.extend_from_slice(&buffer[..n]);
        if received.ends_with(b"Server: What's your name?") {
            writeln!(out)?;
            let Some(answer) = answers.next() else {
                break; // asked once more after `exit`: we have nothing left to say
            };
            socket
                .write_all(answer.as_bytes())
                .with_context(|| format!("can't send to {wanted}"))?;
        }
    }

    // Dropping the socket would close it as well, at the end of this function.
    drop(socket);
    writeln!(out, "Closed.")?;
    Ok(())
}
// ANCHOR_END: talk

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
