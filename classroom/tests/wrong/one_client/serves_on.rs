// told: your server did not return, and should have by now
// told: blocked in accept

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = listener.accept()?;
        client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

        let mut buffer = [0; 1024];
        let count = client.read(&mut buffer)?;
        let name = &buffer[..count];

        client.write_all(&[b"Server: Hello ", name, b"!\n"].concat())?;
    }
}
