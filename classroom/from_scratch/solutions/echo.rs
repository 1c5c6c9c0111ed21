//! Gives back what it is sent, to one client after another: `echo ADDRESS`.

use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    let Some(address) = env::args().nth(1) else {
        eprintln!("usage: echo ADDRESS");
        return ExitCode::FAILURE;
    };
    let Err(error) = serve(&address);
    eprintln!("error: can't listen on {address}: {error}");
    ExitCode::FAILURE
}

/// Serves without end. It comes back only if it can't listen.
fn serve(address: &str) -> io::Result<std::convert::Infallible> {
    let listener = TcpListener::bind(address)?;
    log(&format!("listening on {}", listener.local_addr()?));
    loop {
        let talked = match listener.accept() {
            Ok((client, _)) => talk(client),
            Err(error) => {
                // If there are no descriptors left, the next `accept` fails as well: give others time to close theirs.
                thread::sleep(Duration::from_millis(10));
                Err(error)
            }
        };
        // One client's error is the end of one conversation.
        if let Err(error) = talked {
            log(&format!("error: {error}"));
        }
    }
}

/// Gives back every byte until the client has finished sending. The connection is closed when `client` is dropped.
fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        // Only what has come. If the client doesn't read, this waits for room.
        client.write_all(&buffer[..count])?;
    }
}

/// A log that has been closed is no reason to stop serving.
fn log(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
