use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

fn ask(address: &str, text: &str) -> io::Result<Vec<u8>> {
    let stream = TcpStream::connect(address)?;
    (&stream).write_all(text.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut all = Vec::new();
    (&stream).read_to_end(&mut all)?;
    Ok(all)
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, text] = &arguments[..] else { return Err("two arguments".into()) };
    let all = ask(address, text).map_err(|error| format!("{address}: {error}"))?;
    io::stdout().write_all(&all).map_err(|error| error.to_string())
}
