use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        match client.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(count) => match &buffer[..count] {
                b"exit" => break client.write_all(b"Server: Good bye!\n"),
                name => client.write_all(
                    &[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat(),
                )?,
            },
            Err(error) => break Err(error),
        }
    }
}
