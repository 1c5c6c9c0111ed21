// told: received  "Server: Hello \xff!\n"

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    client.read(&mut buffer)?;
    let name = buffer.split(|byte| *byte == 0).next().unwrap_or_default();

    client.write_all(&[b"Server: Hello ", name, b"!\n"].concat())
}
