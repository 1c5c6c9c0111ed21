// told: \xff

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                continue;
            }
        };
        if let Err(error) = echo(&mut client) {
            eprintln!("error: {error}");
        }
    }
}

fn echo(client: &mut Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&buffer[..count]);
        client.write_all(text.as_bytes())?;
    }
}
