// told: your program did not let a client connect
// told: has to keep the socket

use std::io::{self, BufRead};
use std::net::TcpListener;

fn listen(address: &str) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    eprintln!("listening on {}", listener.local_addr()?);
    Ok(())
}

fn main() -> io::Result<()> {
    listen(&std::env::args().nth(1).unwrap_or_default())?;
    io::stdin().lock().skip_until(b'\n')?;
    Ok(())
}
