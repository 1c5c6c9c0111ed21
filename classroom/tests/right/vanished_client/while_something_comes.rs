use std::io::{self, Read, Write};
use std::net::TcpListener;

fn serve(listener: TcpListener) -> io::Result<()> {
    let (mut stream, _) = listener.accept()?;
    stream.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 64];
    while let count @ 1.. = stream.read(&mut buffer)? {
        let name = &buffer[..count];
        if name == b"exit" {
            stream.write_all(b"Server: Good bye!\n")?;
            break;
        }
        stream.write_all(b"Server: Hello ")?;
        stream.write_all(name)?;
        stream.write_all(b"!\nServer: What's your name?")?;
    }
    Ok(())
}
