// told: your program said that it listens on port 0
// told: Which one it became, only the socket knows

use std::io::{self, BufRead};
use std::net::TcpListener;

fn main() {
    let address = std::env::args().nth(1).unwrap_or_default();
    match TcpListener::bind(&address) {
        Ok(_listener) => {
            eprintln!("listening on {address}");
            let _ = io::stdin().lock().skip_until(b'\n');
        }
        Err(error) => {
            eprintln!("can't listen on {address}: {error}");
            std::process::exit(1);
        }
    }
}
