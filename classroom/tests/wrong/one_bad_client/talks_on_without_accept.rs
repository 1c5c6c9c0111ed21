// told: your server does not notice that a client has left

use socket2::Socket;
use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        while let Err(error) = talk(&mut client) {
            eprintln!("error: {error}");
            thread::sleep(Duration::from_secs(60));
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
