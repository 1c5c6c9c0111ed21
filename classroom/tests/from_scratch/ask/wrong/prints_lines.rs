// told: your client did not return what it was told
// told: received  "Hello yourself!\n\n"

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

fn ask(address: &str, text: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    server.write_all(text.as_bytes())?;
    server.shutdown(Shutdown::Write)?;
    let mut buffer = [0; 1024];
    loop {
        let count = server.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        println!("{}", String::from_utf8_lossy(&buffer[..count]));
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, text] = &arguments[..] else { panic!("two arguments") };
    if let Err(error) = ask(address, text) {
        eprintln!("{address}: {error}");
        std::process::exit(1);
    }
}
