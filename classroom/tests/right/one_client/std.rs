use std::io::{self, Read, Write};
use std::net::TcpListener;

fn serve(listener: TcpListener) -> io::Result<()> {
    let (stream, _) = listener.accept()?;
    let (mut reader, mut writer) = (&stream, &stream);
    writer.write_all(b"Server: Welcome!\n")?;
    writer.write_all(b"Server: What's your name?")?;

    let mut name = vec![0; 256];
    let count = reader.read(&mut name)?;
    name.truncate(count);

    let mut answer = b"Server: Hello ".to_vec();
    answer.append(&mut name);
    answer.extend(b"!\n");
    writer.write_all(&answer)
}
