//! The whole server for one client at a time: talks until `exit`, closes, and waits for
//! the next.
//!
//! ```text
//! cargo run --example 03_close [HOST:PORT]    (if not: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

fn main() -> ExitCode {
    let Err(error) = serve() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: serve
fn serve() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let listener = listen(&wanted.to_string_lossy())?;
    let address = internet_address(&listener.local_addr()?)?;
    let _ = writeln!(io::stderr(), "listening on {address}");

    loop {
        // `let _`: should nobody read our log any more, that is no reason to stop serving.
        let _ = writeln!(io::stdout(), "Waiting for connection...");
        let (connection, peer) = accept(&listener);
        let _ = writeln!(io::stdout(), "Accept new connection from {peer}");

        if let Err(error) = talk(connection) {
            let _ = writeln!(io::stderr(), "error: connection from {peer}: {error}");
        }
        let _ = writeln!(io::stdout(), "Connection from {peer} is closed");
    }
}

/// The next client, and its address. Whatever goes wrong, there will be another one.
fn accept(listener: &Socket) -> (Socket, SocketAddr) {
    loop {
        match listener.accept() {
            Ok((connection, peer)) => match peer.as_socket() {
                Some(peer) => return (connection, peer),
                None => continue, // it has gone again, and macOS knows no address for it
            },
            Err(error) => {
                let _ = writeln!(io::stderr(), "error: can't accept: {error}");
                // Most likely this process has as many files open as it may. Then the
                // next call would fail at once as well: wait until somebody has closed
                // one.
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}
// ANCHOR_END: serve

// ANCHOR: talk
/// Greets each name until `exit`, or until the client has finished sending.
fn talk(mut connection: Socket) -> io::Result<()> {
    connection.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    let mut reply = Vec::new();
    loop {
        let n = connection.read(&mut buffer)?;
        if n == 0 {
            return Ok(()); // the client has finished
        }

        // One `read` is not one message: several lines may have come together. The reply
        // to all of them, with the next question, leaves in one piece.
        reply.clear();
        for line in buffer[..n].split_inclusive(|byte| *byte == b'\n') {
            let name = line.strip_suffix(b"\n").unwrap_or(line);
            let name = name.strip_suffix(b"\r").unwrap_or(name);
            if name == b"exit" {
                reply.extend_from_slice(b"Server: Good bye!\n");
                return connection.write_all(&reply);
            }
            if !name.is_empty() {
                reply.extend_from_slice(b"Server: Hello ");
                reply.extend_from_slice(name);
                reply.extend_from_slice(b"!\n");
            }
            reply.extend_from_slice(b"Server: What's your name?");
        }
        connection.write_all(&reply)?;
    }
} // however it ends, `connection` is dropped here, and so closed
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
