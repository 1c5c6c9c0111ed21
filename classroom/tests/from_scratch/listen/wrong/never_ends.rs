// told: your program did not end
// told: somebody pressed Enter in its terminal
// told: Enter has to end it.

use std::io;
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_default();
    let listener = TcpListener::bind(&address).map_err(|error| {
        io::Error::other(format!("can't listen on {address}: {error}"))
    })?;
    eprintln!("listening on {}", listener.local_addr()?);
    loop {
        std::thread::park();
    }
}
