// told: client 1 sent and did not read, until your server took no more
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
        let mut buffer = [0; 1024];
        loop {
            let count = match client.read(&mut buffer) {
                Ok(count) => count,
                Err(error) => {
                    eprintln!("error: a client broke off: {error}");
                    break;
                }
            };
            if count == 0 {
                break;
            }
            client.write_all(&buffer[..count])?;
        }
    }
}
