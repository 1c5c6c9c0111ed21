//! Opens a port and does no more: `listen ADDRESS`.

use std::env;
use std::io::{self, BufRead};
use std::net::TcpListener;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(address) = env::args().nth(1) else {
        eprintln!("usage: listen ADDRESS");
        return ExitCode::FAILURE;
    };
    match listen(&address) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // An argument that is not an address ends up here as well: `bind` turns the text into one, and says if it can't.
            eprintln!("error: can't listen on {address}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn listen(address: &str) -> io::Result<()> {
    // On Unix this sets SO_REUSEADDR, so a port in TIME-WAIT is not in the way; the backlog is 128 or so.
    let listener = TcpListener::bind(address)?;
    // The argument may say port 0. Only the socket knows which port that became.
    eprintln!("listening on {}", listener.local_addr()?);
    // Until Enter. The listener lives as long as this function, and the kernel lets clients connect as long as it lives.
    io::stdin().lock().skip_until(b'\n')?;
    Ok(())
}
