//! Binds a socket to an address, and another to whichever port is free.
//!
//! ```text
//! cargo run --example 02_bind [HOST:PORT]    (if not: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead, ErrorKind, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> ExitCode {
    let Err(error) = show_bind() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: show_bind
fn show_bind() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let wanted = wanted.to_string_lossy();
    let address = wanted
        .to_socket_addrs()
        .with_context(|| format!("can't bind to {wanted}"))?
        .next()
        .with_context(|| format!("can't bind to {wanted}: the name has no address"))?;

    let mut out = io::stdout();
    let socket = bind(address)?;
    writeln!(out, "Bound to {}", local_address(&socket)?)?;

    // Port 0 is no port. It asks the kernel for any that is free, and only the kernel can
    // say which.
    let any_port = bind(SocketAddr::new(address.ip(), 0))?;
    writeln!(out, "Asked for port 0, bound to {}", local_address(&any_port)?)?;

    writeln!(out, "Press Enter to close both.")?;
    io::stdin().lock().skip_until(b'\n')?;
    Ok(())
}

fn bind(address: SocketAddr) -> anyhow::Result<Socket> {
    let socket =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.bind(&address.into()).with_context(|| format!("can't bind to {address}"))?;
    Ok(socket)
}

/// The address that the kernel gave the socket: `getsockname`, in C.
fn local_address(socket: &Socket) -> anyhow::Result<SocketAddr> {
    socket.local_addr()?.as_socket().context("not an internet address")
}
// ANCHOR_END: show_bind

// ANCHOR: hint
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    let error = error.downcast_ref::<io::Error>()?;
    match error.kind() {
        ErrorKind::AddrInUse => Some(
            "does a server run, or has one just ended? wait a minute, or name another port",
        ),
        ErrorKind::AddrNotAvailable => {
            Some("the host must be this machine: 127.0.0.1, or one of its own addresses")
        }
        ErrorKind::PermissionDenied => {
            Some("ports below 1024 may be reserved: name another, as in 127.0.0.1:6000")
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
