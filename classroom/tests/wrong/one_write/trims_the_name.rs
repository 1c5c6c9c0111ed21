// told: expected  send "Server: Hello  \xff !

use std::io::{self, BufWriter, Read, Write};
use std::net::TcpListener;

fn serve(listener: TcpListener) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            count if &buffer[..count] == b"exit" => {
                return client.write_all(b"Server: Good bye!\n");
            }
            count => answer(&mut client, &buffer[..count])?,
        }
    }
}

fn answer(client: &mut impl Write, name: &[u8]) -> io::Result<()> {
    let name = name.trim_ascii();
    client.write_all(&[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat())
}
