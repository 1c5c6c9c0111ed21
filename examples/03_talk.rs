//! Welcomes one client, asks its name, greets it, and hangs up.
//!
//! ```text
//! cargo run --example 03_talk [HOST:PORT]    (if not: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use anyhow::Context;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

fn main() -> ExitCode {
    let Err(error) = serve_one() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: serve_one
fn serve_one() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let listener = listen(&wanted.to_string_lossy())?;
    eprintln!("listening on {}", internet_address(&listener.local_addr()?)?);

    let mut out = io::stdout();
    writeln!(out, "Waiting for connection...")?;
    let (connection, peer) = listener.accept().context("can't accept")?;
    let peer = internet_address(&peer)?;
    writeln!(out, "Accept new connection from {peer}")?;

    talk(connection).with_context(|| format!("connection from {peer}"))?;
    writeln!(out, "Connection from {peer} is closed")?;
    Ok(())
}
// ANCHOR_END: serve_one

// ANCHOR: talk
fn talk(mut connection: Socket) -> io::Result<()> {
    // `write_all` calls `send` until every byte is taken, since one call need not take
    // all.
    connection.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    // Blocks until something has come, and returns what is there: at least 1 byte, at
    // most 1024.
    let mut buffer = [0; 1024];
    let n = connection.read(&mut buffer)?;
    if n == 0 {
        return Ok(()); // the client has finished, without a word
    }

    // Anyone typing a name ends it with Enter. It stays bytes, for nothing says that it
    // is UTF-8.
    let name = buffer[..n].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let name = name.strip_suffix(b"\r").unwrap_or(name);
    connection.write_all(&[b"Server: Hello ", name, b"!\n"].concat())
} // `connection` is dropped here, and so closed
// ANCHOR_END: talk

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
