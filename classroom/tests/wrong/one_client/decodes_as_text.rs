// told: received  "Server: Hello �

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer)?;
    let name = String::from_utf8_lossy(&buffer[..count]);

    client.write_all(format!("Server: Hello {name}!\n").as_bytes())
}
