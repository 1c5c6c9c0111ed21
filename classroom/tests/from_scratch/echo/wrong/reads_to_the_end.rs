// told: your server said nothing
// told: blocked in recv

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut all = Vec::new();
    client.read_to_end(&mut all)?;
    client.write_all(&all)
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
