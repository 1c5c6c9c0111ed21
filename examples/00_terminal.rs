//! A terminal for a TCP connection: what the server says appears at once, what you type
//! is sent line by line.
//!
//! ```text
//! cargo run --example 00_terminal [HOST:PORT]    (if not: 127.0.0.1:6000)
//! ```
//!
//! Ctrl-D (Ctrl-Z on Windows) finishes sending and goes on reading. The program ends when
//! the server closes.

use std::env;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{self, ExitCode};
use std::sync::Mutex;
use std::thread;

use anyhow::Context;

fn main() -> ExitCode {
    let Err(error) = talk() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: talk
fn talk() -> anyhow::Result<()> {
    let address = env::args_os().nth(1).unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();

    let mut stream = TcpStream::connect(&*address)
        .with_context(|| format!("can't connect to {address}"))?;
    eprintln!("connected to {address} from {}", stream.local_addr()?);

    // Two things can happen at any time, a line from you and bytes from the server, and
    // each call waits for one of them only. So each gets a thread. The one at the
    // keyboard ends with the program.
    let outgoing = stream.try_clone()?;
    thread::Builder::new().spawn(move || send_lines(outgoing))?;

    let mut screen = io::stdout();
    let mut buffer = [0; 1024];
    loop {
        let n = stream
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {address}"))?;
        if n == 0 {
            let _sent = SENDING.lock(); // a line that can't be sent is told first
            return Ok(()); // the server has closed
        }
        screen.write_all(&buffer[..n])?;
        screen.flush()?; // or a question without a newline would stay in the buffer
    }
}
// ANCHOR_END: talk

// ANCHOR: send_lines
/// Locked while a line is being sent. Linux tells a reset only once: if it tells
/// `write_all`, `read` returns 0, and the program must not end before the error is told.
static SENDING: Mutex<()> = Mutex::new(());

/// Sends each line as soon as it is there, as it is, newline included. At the end of
/// input it closes our direction of the connection (a half-close): the server reads the
/// end of the stream, and we go on reading.
fn send_lines(mut stream: TcpStream) -> io::Result<()> {
    let mut keyboard = io::stdin().lock();
    let mut line = Vec::new(); // bytes: what you type need not be UTF-8
    loop {
        line.clear();
        match keyboard.read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {
                let _sending = SENDING.lock();
                if let Err(error) = stream.write_all(&line) {
                    if error.kind() == ErrorKind::BrokenPipe {
                        break; // `read` is told why
                    }
                    eprintln!("error: can't send: {error}");
                    process::exit(1);
                }
            }
            Err(error) => {
                eprintln!("error: can't read what you type: {error}");
                break;
            }
        }
    }
    stream.shutdown(Shutdown::Write)
}
// ANCHOR_END: send_lines

fn hint(error: &anyhow::Error) -> Option<&'static str> {
    let error = error.downcast_ref::<io::Error>()?;
    match error.kind() {
        ErrorKind::ConnectionRefused => {
            Some("is a server listening there? start one, or name the address of another")
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
