//! A terminal for a TCP connection: what the server says appears at once, what you type
//! is sent when you press Enter.
//!
//! ```text
//! cargo run --example 00_terminal [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```
//!
//! Ctrl-D (Ctrl-Z on Windows) finishes sending and goes on reading. The program ends when
//! the server closes.

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process;
use std::sync::Mutex;
use std::thread;

use anyhow::Context;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let mut stream = TcpStream::connect(&*address)
        .with_context(|| format!("can't connect to {address}"))?;
    eprintln!("connected to {address} from {}", stream.local_addr()?);

    // You may type and the server may speak at any time, and each call waits for only one of
    // the two. So each gets a thread.
    let outgoing = stream.try_clone()?;
    thread::Builder::new().spawn(move || send_typed(outgoing))?;

    let mut buffer = [0; 1024];
    loop {
        let n = stream
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {address}"))?;
        if n == 0 {
            let _told = SENDING.lock();
            return Ok(()); // the server has closed; the other thread ends with the program
        }
        io::stdout().write_all(&buffer[..n]).context("can't print")?;
        io::stdout().flush().context("can't print")?; // a question has no newline
    }
}
// ANCHOR_END: main

// ANCHOR: send_typed
/// Locked while something is sent. Linux reports a reset only once. If `write_all` gets it,
/// `read` returns 0, and the program must not end before the error is printed.
static SENDING: Mutex<()> = Mutex::new(());

/// Sends what is typed, as it is: a terminal hands over a line when you press Enter, newline
/// included. At the end of input it closes our direction of the connection (a half-close):
/// the server reads the end of the stream, and the other thread goes on reading.
fn send_typed(mut stream: TcpStream) -> io::Result<()> {
    let mut typed = [0; 1024]; // bytes: what you type need not be UTF-8
    loop {
        let n = match io::stdin().read(&mut typed) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) => {
                let _ =
                    writeln!(io::stderr(), "Error: can't read what you type: {error}");
                break;
            }
        };
        // ANCHOR_END: send_typed

        // ANCHOR: send
        let _sending = SENDING.lock();
        match stream.write_all(&typed[..n]) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break, // closed: `read` tells
            Err(error) => {
                let _ =
                    writeln!(io::stderr(), "Error: can't send what you typed: {error}");
                process::exit(1);
            }
        }
    }
    stream.shutdown(Shutdown::Write)
}
// ANCHOR_END: send
