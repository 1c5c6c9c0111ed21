// told: your server does not look for the end of the stream
// told: received  "Server: Hello !

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if buffer[0] == 0 {
            return Ok(());
        }
        let name = &buffer[..count];
        if name == b"exit" {
            return client.write_all(b"Server: Good bye!\n");
        }
        client.write_all(
            &[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat(),
        )?;
    }
}
