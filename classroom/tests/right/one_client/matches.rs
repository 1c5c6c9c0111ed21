use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    match listener.accept() {
        Ok((client, _)) => greet(client),
        Err(error) => Err(error),
    }
}

fn greet(mut client: Socket) -> io::Result<()> {
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    match client.read(&mut buffer) {
        Ok(count) => {
            let pieces: [&[u8]; 3] = [b"Server: Hello ", &buffer[..count], b"!\n"];
            pieces.iter().try_for_each(|piece| client.write_all(piece))
        }
        Err(error) => Err(error),
    }
}
