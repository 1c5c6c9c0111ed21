//! Listens, and never accepts: see that a client's `connect` succeeds all the same.
//!
//! ```text
//! cargo run --example 02_listen [HOST:PORT]    (if not: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, BufRead, ErrorKind, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use anyhow::Context;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

fn main() -> ExitCode {
    let Err(error) = wait_in_vain() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: wait_in_vain
fn wait_in_vain() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let listener = listen(&wanted.to_string_lossy())?;
    eprintln!("listening on {}", internet_address(&listener.local_addr()?)?);

    // The kernel shakes hands with every client, up to the backlog, and keeps the bytes
    // that they send.
    let mut out = io::stdout();
    writeln!(out, "Nobody here calls accept. Connect all the same!")?;
    writeln!(out, "Press Enter to close.")?;
    io::stdin().lock().skip_until(b'\n')?;
    Ok(())
}
// ANCHOR_END: wait_in_vain

// ANCHOR: listen
/// Create, bind, listen: from here on the kernel takes connections for us.
fn listen(wanted: &str) -> anyhow::Result<Socket> {
    let address = wanted
        .to_socket_addrs()
        .with_context(|| format!("can't listen on {wanted}"))?
        .next()
        .with_context(|| format!("can't listen on {wanted}: the name has no address"))?;
    let listener =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;

    // A connection that a server closed may keep the port for a minute after its end
    // (TIME_WAIT). With this option the next server gets the port at once; on Linux both
    // must have set it. On Windows it means something else, and a server needs none.
    #[cfg(unix)]
    listener.set_reuse_address(true)?;

    listener
        .bind(&address.into())
        .and_then(|()| listener.listen(5))
        .with_context(|| format!("can't listen on {address}"))?;
    Ok(listener)
}
// ANCHOR_END: listen

/// `socket2` knows addresses of every family. Ours are IPv4 or IPv6.
fn internet_address(address: &SockAddr) -> anyhow::Result<SocketAddr> {
    address.as_socket().context("not an internet address")
}

// ANCHOR: hint
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    let error = error.downcast_ref::<io::Error>()?;
    match error.kind() {
        ErrorKind::AddrInUse => Some(
            "is another server running? stop it, or name another port (0 takes any); \
             if none is, one without SO_REUSEADDR has just ended: wait a minute",
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
