// told: your program did not end with exit status 1 when the address was taken

use std::io::{self, BufRead};
use std::net::TcpListener;

fn main() {
    let address = std::env::args().nth(1).unwrap_or_default();
    match TcpListener::bind(&address).and_then(|it| Ok((it.local_addr()?, it))) {
        Ok((ours, _listener)) => {
            eprintln!("listening on {ours}");
            let _ = io::stdin().lock().skip_until(b'\n');
        }
        Err(error) => eprintln!("can't listen on {address}: {error}"),
    }
}
