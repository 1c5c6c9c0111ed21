// told: your server said nothing
// told: blocked in recv

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    client.read_exact(&mut buffer)?;

    client.write_all(&[b"Server: Hello ", &buffer[..], b"!\n"].concat())
}
