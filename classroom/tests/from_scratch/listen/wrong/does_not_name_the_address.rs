// told: your program did not name the address 127.0.0.1:
// told: when the address was taken
// told: your program did not name the address 127.0.0.1:many

use std::io::{self, BufRead};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_default();
    let listener = TcpListener::bind(address)?;
    eprintln!("listening on {}", listener.local_addr()?);
    io::stdin().lock().skip_until(b'\n')?;
    Ok(())
}
