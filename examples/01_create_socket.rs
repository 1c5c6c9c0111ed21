//! Creates a socket for IPv4 and one for IPv6, asks the kernel what they are, and closes
//! them.
//!
//! ```text
//! cargo run --example 01_create_socket
//! ```

use std::io;
#[cfg(unix)]
use std::os::fd::AsRawFd;
#[cfg(windows)]
use std::os::windows::io::AsRawSocket;

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let ipv4 = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))
        .context("can't create an IPv4 socket")?;
    let ipv6 = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))
        .context("can't create an IPv6 socket")?;
    println!("IPv4: {}", describe(&ipv4)?);
    println!("IPv6: {}", describe(&ipv6)?);

    // Dropping a socket closes it.
    drop(ipv4);
    let next = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))
        .context("can't create another socket")?;
    println!("The first one is closed. The next: {}", describe(&next)?);
    Ok(())
} // `next` and `ipv6` are dropped here, and so closed
// ANCHOR_END: main

// ANCHOR: describe
/// What kind of socket this is, according to the kernel, and its descriptor.
fn describe(socket: &Socket) -> io::Result<String> {
    let kind = format!("type {:?}", socket.r#type()?);
    #[cfg(target_os = "linux")] // elsewhere `socket2` can't ask for all three
    let kind = {
        let protocol = socket.protocol()?.unwrap_or(Protocol::from(0));
        format!("domain {:?}, {kind}, protocol {protocol:?}", socket.domain()?)
    };
    #[cfg(unix)]
    let descriptor = socket.as_raw_fd();
    #[cfg(windows)]
    let descriptor = socket.as_raw_socket();
    Ok(format!("{kind}, descriptor {descriptor}"))
}
// ANCHOR_END: describe
