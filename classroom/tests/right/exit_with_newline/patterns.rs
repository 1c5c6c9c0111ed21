use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        let name = match &buffer[..count] {
            [] => return Ok(()),
            [name @ .., b'\r', b'\n'] | [name @ .., b'\n'] | name => name,
        };
        if name == b"exit" {
            return client.write_all(b"Server: Good bye!\n");
        }
        client.write_all(b"Server: Hello ")?;
        client.write_all(name)?;
        client.write_all(b"!\nServer: What's your name?")?;
    }
}
