//! The whole client: connects, answers what it is asked, prints what it hears, and
//! closes.
//!
//! ```text
//! cargo run --example 04_close [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```

use std::env;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

// ANCHOR: connect_to_one
fn main() -> anyhow::Result<()> {
    let wanted = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let wanted = wanted.to_string_lossy();
    let addresses =
        wanted.to_socket_addrs().with_context(|| format!("can't connect to {wanted}"))?;

    // A name may have several addresses, of IPv4 and IPv6. The first that answers is ours.
    let mut connected = Err(io::Error::other("the name has no address"));
    for address in addresses {
        connected = connect(address);
        if connected.is_ok() {
            break;
        }
    }
    let mut stream = connected.with_context(|| format!("can't connect to {wanted}"))?;
    // ANCHOR_END: connect_to_one

    // ANCHOR: talk
    let question = b"Server: What's your name?";
    let mut answers = ["Mr Right", "exit"].iter();
    let mut heard = Vec::new(); // the last bytes heard, as many as the question has
    let mut buffer = [0; 1024];
    loop {
        let n = stream
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {wanted}"))?;
        if n == 0 {
            break; // the server has closed its end
        }
        io::stdout().write_all(&buffer[..n]).context("can't print")?;
        io::stdout().flush().context("can't print")?;
        // ANCHOR_END: talk

        // ANCHOR: answer
        heard.extend_from_slice(&buffer[..n]);
        heard.drain(..heard.len().saturating_sub(question.len()));
        if heard == question {
            println!();
            let answer = answers
                .next()
                .with_context(|| format!("{wanted} asked again after `exit`"))?;
            stream
                .write_all(answer.as_bytes())
                .with_context(|| format!("can't send to {wanted}"))?;
        }
    }

    drop(stream); // at the end of this function it would be closed as well
    println!("Closed.");
    Ok(())
}
// ANCHOR_END: answer

// ANCHOR: connect
fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    // No `bind`: nobody has to find a client.
    let socket =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address.into())?; // blocks until the server's kernel has answered
    Ok(TcpStream::from(socket))
}
// ANCHOR_END: connect
