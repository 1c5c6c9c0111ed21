//! Says one thing to a server and prints the answer: `ask ADDRESS TEXT`.

use std::env;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let (Some(address), Some(text)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: ask ADDRESS TEXT");
        return ExitCode::FAILURE;
    };
    match ask(&address, &text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {address}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ask(address: &str, text: &str) -> io::Result<()> {
    // It tries each address that a name has.
    let mut server = TcpStream::connect(address)?;
    server.write_all(text.as_bytes())?;
    // Nothing in the text says where it ends, so the end of the stream has to. Reading goes on.
    server.shutdown(Shutdown::Write)?;
    let mut screen = io::stdout().lock();
    let mut buffer = [0; 4096];
    loop {
        let count = server.read(&mut buffer)?;
        if count == 0 {
            return screen.flush();
        }
        // As bytes: a piece may end in the middle of a character. (`println!` would panic if the screen were closed.)
        screen.write_all(&buffer[..count])?;
    }
}
