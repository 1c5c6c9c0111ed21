//! Receives until the server has nothing more to say, and shows each piece as it came.
//!
//! ```text
//! cargo run --example 04_recv_loop [HOST:PORT]    (if not: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> ExitCode {
    let Err(error) = show_receive() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: show_receive
fn show_receive() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let wanted = wanted.to_string_lossy();
    let mut socket = connect(&wanted)?;
    let mut out = io::stdout();

    let mut received = Vec::new();
    let mut answered = false;
    let mut buffer = [0; 1024];
    loop {
        // Blocks until something has come; returns at most 1024 bytes of it, and 0 once
        // the server has closed.
        let n = socket
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {wanted}"))?;
        if n == 0 {
            break;
        }
        let piece = &buffer[..n];
        writeln!(out, "Received {n} bytes: {:?}", String::from_utf8_lossy(piece))?;
        received.extend_from_slice(piece);

        // The question may come in two pieces, or behind other words. So look at the end
        // of all that has come.
        if !answered && received.ends_with(b"Server: What's your name?") {
            socket
                .write_all(b"Mr Right")
                .with_context(|| format!("can't send to {wanted}"))?;
            // We have nothing more to say, and still listen: a half-close.
            socket.shutdown(Shutdown::Write)?;
            writeln!(out, "Sent our name, and that it is all")?;
            answered = true;
        }
    }

    writeln!(
        out,
        "Received 0 bytes: the server has closed. All {} bytes:",
        received.len()
    )?;
    out.write_all(&received)?;
    Ok(())
}
// ANCHOR_END: show_receive

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
