//! Sends to a server that doesn't read, until nothing more fits.
//!
//! ```text
//! cargo run --example 06_full_buffers [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::Context;
use socket2::SockRef;

// ANCHOR: fill
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let mut stream = TcpStream::connect(&*address)
        .with_context(|| format!("can't connect to {address}"))?;
    // A small buffer, soon full. Without this line the kernel lets it grow.
    SockRef::from(&stream)
        .set_send_buffer_size(16 * 1024)
        .context("can't change the size of the send buffer")?;

    // A non-blocking socket never waits: a call does what it can at once, or fails.
    stream.set_nonblocking(true).context("can't make the socket non-blocking")?;
    let block = [b'x'; 64 * 1024];
    let mut taken = 0;
    loop {
        match stream.write(&block) {
            Ok(n) => taken += n,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error).context("can't send"),
        }
    }
    println!("Taken at once: {taken} bytes");
    // ANCHOR_END: fill

    // ANCHOR: limit
    // A blocking socket waits until there is room again, but not longer than this.
    stream.set_nonblocking(false).context("can't make the socket blocking")?;
    stream.set_write_timeout(Some(Duration::from_millis(200)))?;
    match stream.write_all(&block) {
        Ok(()) => println!("There was room after all"),
        Err(error) => println!("No room within 200 ms: {:?}", error.kind()),
    }
    // ANCHOR_END: limit

    // ANCHOR: wait
    // Without a limit it waits for as long as the server doesn't read.
    stream.set_write_timeout(None)?;
    println!("Waiting in write");
    stream.write_all(b"the end\n").context("can't send")?;
    println!("Sent");
    Ok(())
}
// ANCHOR_END: wait
