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
    let mut words = b"Server: Hello ".to_vec();
    words.extend_from_slice(name);
    words.extend(b"!\nServer: What's your name?");
    let mut rest = &words[..];
    while !rest.is_empty() {
        match client.write(rest)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => rest = &rest[count..],
        }
    }
    Ok(())
}
