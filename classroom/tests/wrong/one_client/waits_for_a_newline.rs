// told: waits for a newline that never comes

use socket2::Socket;
use std::io::{self, BufRead, BufReader, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut name = Vec::new();
    let mut client = BufReader::new(client);
    client.read_until(b'\n', &mut name)?;

    client.get_mut().write_all(&[b"Server: Hello ", &name[..], b"!\n"].concat())
}
