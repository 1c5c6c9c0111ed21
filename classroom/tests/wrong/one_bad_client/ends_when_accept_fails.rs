// told: from here on `accept` failed
// told: your server is not there any more
// told: had returned the error "Resource temporarily unavailable

use socket2::Socket;
use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = listener.accept()?;
        if let Err(error) = talk(&mut client) {
            eprintln!("error: {error}");
        }
    }
}

fn talk(client: &mut Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            count => client.write_all(&buffer[..count])?,
        }
    }
}
