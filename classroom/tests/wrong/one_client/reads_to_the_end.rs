// told: your server said nothing
// told: blocked in recv

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut name = Vec::new();
    client.read_to_end(&mut name)?;

    client.write_all(&[b"Server: Hello ", &name[..], b"!\n"].concat())
}
