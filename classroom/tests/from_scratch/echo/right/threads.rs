use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};

fn talk(client: TcpStream) -> io::Result<()> {
    io::copy(&mut &client, &mut &client)?;
    Ok(())
}

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_default();
    let listener = TcpListener::bind(&address)?;
    for client in listener.incoming() {
        std::thread::spawn(move || {
            if let Err(error) = client.and_then(talk) {
                let _ = writeln!(io::stderr(), "{error}");
            }
        });
    }
    Ok(())
}
