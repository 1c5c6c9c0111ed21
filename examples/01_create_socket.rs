//! Creates a socket for IPv4 and one for IPv6, asks the kernel what they are, and closes
//! them.
//!
//! ```text
//! cargo run --example 01_create_socket
//! ```

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> ExitCode {
    let Err(error) = create() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

// ANCHOR: create
fn create() -> anyhow::Result<()> {
    let ipv4 = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))
        .context("can't create an IPv4 socket")?;
    let ipv6 = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))
        .context("can't create an IPv6 socket")?;

    let mut out = io::stdout();
    writeln!(out, "IPv4: {}", describe(&ipv4)?)?;
    writeln!(out, "IPv6: {}", describe(&ipv6)?)?;

    // Dropping a socket closes it. Its descriptor is free again, and the next socket gets
    // it.
    drop(ipv4);
    let next = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))
        .context("can't create another socket")?;
    writeln!(out, "The first one is closed. The next: {}", describe(&next)?)?;
    Ok(())
} // `next` and `ipv6` are dropped here, and so closed
// ANCHOR_END: create

// ANCHOR: describe
/// What the kernel says that the socket is, and the number by which this process knows
/// it.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn describe(socket: &Socket) -> io::Result<String> {
    use std::os::fd::AsRawFd;

    Ok(format!(
        "domain {:?}, type {:?}, protocol {:?}, descriptor {}",
        socket.domain()?,
        socket.r#type()?,
        socket.protocol()?.unwrap_or(Protocol::from(0)),
        socket.as_raw_fd(),
    ))
}
// ANCHOR_END: describe

/// Elsewhere `socket2` can't ask for all three: macOS tells the type alone, Windows and
/// FreeBSD the protocol too.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn describe(socket: &Socket) -> io::Result<String> {
    #[cfg(unix)]
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(socket);
    #[cfg(windows)]
    let descriptor = std::os::windows::io::AsRawSocket::as_raw_socket(socket);

    Ok(format!("type {:?}, descriptor {descriptor}", socket.r#type()?))
}
