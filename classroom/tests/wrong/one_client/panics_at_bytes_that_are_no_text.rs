// told: had panicked at

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer)?;
    let name = str::from_utf8(&buffer[..count]).unwrap();

    client.write_all(format!("Server: Hello {name}!\n").as_bytes())
}
