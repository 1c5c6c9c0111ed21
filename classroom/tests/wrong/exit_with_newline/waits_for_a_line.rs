// told: waits for a newline that never comes

use socket2::Socket;
use std::io::{self, BufRead, BufReader, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut lines = BufReader::new(client.try_clone()?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let name = line.strip_suffix(b"\n").unwrap_or(&line);
        let name = name.strip_suffix(b"\r").unwrap_or(name);
        if name == b"exit" {
            return client.write_all(b"Server: Good bye!\n");
        }
        client.write_all(
            &[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat(),
        )?;
        line.clear();
    }
    Ok(())
}
