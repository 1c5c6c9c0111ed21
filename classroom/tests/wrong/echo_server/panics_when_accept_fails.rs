// told: from here on `accept` failed
// told: is not there any more
// told: had panicked at

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = listener.accept().unwrap();
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
        client.write_all(&buffer[..count])?;
    }
}
