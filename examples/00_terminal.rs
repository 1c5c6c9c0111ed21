//! A terminal for a TCP connection: what the server says appears at once, what you type
//! is sent line by line.
//!
//! ```text
//! cargo run --example 00_terminal [HOST:PORT]    (default: 127.0.0.1:6000)
//! ```
//!
//! Ctrl-D (Ctrl-Z on Windows) finishes sending and goes on reading. The program ends when
//! the server closes.

use std::env;
use std::io::{self, BufRead, ErrorKind, Read, Write};
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

    // A line from you and bytes from the server can come at any time, and each call waits
    // for one of them only. So each gets a thread.
    let outgoing = stream.try_clone()?;
    thread::Builder::new().spawn(move || send_lines(outgoing))?;

    let mut buffer = [0; 1024];
    loop {
        let n = stream
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {address}"))?;
        if n == 0 {
            let _told = SENDING.lock();
            return Ok(()); // the server has closed, and the other thread ends with us
        }
        io::stdout().write_all(&buffer[..n]).context("can't print")?;
        io::stdout().flush().context("can't print")?; // a question has no newline
    }
}
// ANCHOR_END: main

// ANCHOR: send_lines
/// Locked while a line is sent. Linux tells a reset only once. If it tells `write_all`,
/// `read` returns 0, and the program must not end before the error is printed.
static SENDING: Mutex<()> = Mutex::new(());

/// Sends each line as it is, newline included. At the end of input it closes our direction
/// of the connection (a half-close): the server reads the end of the stream, and the other
/// thread goes on reading.
fn send_lines(mut stream: TcpStream) -> io::Result<()> {
    let mut line = Vec::new(); // bytes: what you type need not be UTF-8
    loop {
        line.clear();
        match io::stdin().lock().read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                let _ =
                    writeln!(io::stderr(), "Error: can't read what you type: {error}");
                break;
            }
        }
        // ANCHOR_END: send_lines

        // ANCHOR: send
        let _sending = SENDING.lock();
        match stream.write_all(&line) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break, // `read` tells why
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
