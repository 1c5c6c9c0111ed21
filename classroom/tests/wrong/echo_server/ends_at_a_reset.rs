// told: client 1 reset the connection
// told: is not there any more
// told: had returned the error "Connection reset by peer

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
        echo(&mut client)?;
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
