// told: FAILED  ask: late_end
// told: your client did not wait for the end

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

fn ask(address: &str, text: &str) -> io::Result<()> {
    let mut server = TcpStream::connect(address)?;
    server.write_all(text.as_bytes())?;
    server.shutdown(Shutdown::Write)?;
    server.set_read_timeout(Some(std::time::Duration::from_millis(500)))?;
    let mut buffer = [0; 1024];
    loop {
        let Ok(count) = server.read(&mut buffer) else { return Ok(()) };
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
