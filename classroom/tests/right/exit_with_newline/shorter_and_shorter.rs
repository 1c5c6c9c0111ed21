use std::io::{self, Read, Write};
use std::net::TcpListener;

fn serve(listener: TcpListener) -> io::Result<()> {
    let (mut stream, _) = listener.accept()?;
    stream.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut line = vec![0; 512];
    loop {
        line.resize(512, 0);
        let count = stream.read(&mut line)?;
        line.truncate(count);
        if line.is_empty() {
            break;
        }
        if line.ends_with(b"\n") {
            line.pop();
        }
        if line.ends_with(b"\r") {
            line.pop();
        }
        if line == b"exit" {
            stream.write_all(b"Server: Good bye!\n")?;
            break;
        }
        let answer = [b"Server: Hello ", &line[..], b"!\nServer: What's your name?"];
        stream.write_all(&answer.concat())?;
    }
    Ok(())
}
