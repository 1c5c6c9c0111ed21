// told: sent "J\xf6rg"
// told: had panicked at

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        let text = str::from_utf8(&buffer[..count]).unwrap();
        let name = text.trim_end_matches(['\r', '\n']);
        if name == "exit" {
            return client.write_all(b"Server: Good bye!\n");
        }
        client.write_all(
            format!("Server: Hello {name}!\nServer: What's your name?").as_bytes(),
        )?;
    }
}
