// told: your server does not speak first
// told: blocked in recv

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;

    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer)?;
    let name = &buffer[..count];

    client.write_all(&[b"Server: Hello ", name, b"!\n"].concat())
}
