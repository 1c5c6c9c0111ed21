// told: your program said that it listens, although the address was taken
// told: after `bind` and `listen` have succeeded

use std::io::{self, BufRead};
use std::net::TcpListener;

fn main() {
    let address = std::env::args().nth(1).unwrap_or_default();
    eprintln!("listening on {address}");
    match TcpListener::bind(&address) {
        Ok(_listener) => {
            let _ = io::stdin().lock().skip_until(b'\n');
        }
        Err(error) => {
            eprintln!("can't listen on {address}: {error}");
            std::process::exit(1);
        }
    }
}
