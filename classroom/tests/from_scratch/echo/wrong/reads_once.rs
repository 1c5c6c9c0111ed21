// told: your server closed the connection too early
// told: FAILED  echo: cut_anywhere

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer)?;
    client.write_all(&buffer[..count])
}

fn main() {
    let address = std::env::args().nth(1).unwrap_or_default();
    let listener = TcpListener::bind(&address).expect("it can be bound");
    eprintln!("listening on {address}");
    loop {
        match listener.accept() {
            Ok((client, _)) => {
                if let Err(error) = talk(client) {
                    eprintln!("{error}");
                }
            }
            Err(error) => eprintln!("{error}"),
        }
    }
}
