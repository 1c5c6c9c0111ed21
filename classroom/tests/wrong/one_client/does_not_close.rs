// told: your server did not close the connection
// told: blocked in recv

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        let name = &buffer[..count];
        if name.is_empty() {
            return Ok(());
        }
        client.write_all(&[b"Server: Hello ", name, b"!\n"].concat())?;
    }
}
