// told: is not there any more
// told: had returned.

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    echo(&mut client)
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
