use socket2::Socket;
use std::io::{self, BufRead, BufReader, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (client, _) = listener.accept()?;
    let mut client = BufReader::new(client);
    client.get_mut().write_all(b"Server: Welcome!\nServer: What's your name?")?;
    loop {
        let name = client.fill_buf()?.to_vec();
        if name.is_empty() {
            return Ok(());
        }
        client.consume(name.len());
        if name == b"exit" {
            return client.get_mut().write_all(b"Server: Good bye!\n");
        }
        let answer = [b"Server: Hello ", &name[..], b"!\nServer: What's your name?"];
        client.get_mut().write_all(&answer.concat())?;
    }
}
