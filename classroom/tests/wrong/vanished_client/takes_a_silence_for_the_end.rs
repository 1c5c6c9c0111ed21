// told: your server closed the connection too early
// told: said nothing for

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    client.set_read_timeout(Some(std::time::Duration::from_millis(100)))?;
    let mut buffer = [0; 1024];
    loop {
        let Ok(count) = client.read(&mut buffer) else { return Ok(()) };
        if count == 0 {
            return Ok(());
        }
        let name = &buffer[..count];
        if name == b"exit" {
            return client.write_all(b"Server: Good bye!\n");
        }
        client.write_all(
            &[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat(),
        )?;
    }
}
