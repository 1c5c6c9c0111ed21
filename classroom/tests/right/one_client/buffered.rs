use socket2::Socket;
use std::io::{self, BufRead, BufReader, BufWriter, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (client, _) = listener.accept()?;
    let mut client = BufReader::new(client);
    client.get_mut().write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let name = client.fill_buf()?.to_vec();
    client.consume(name.len());

    let mut writer = BufWriter::new(client.into_inner());
    writer.write_all(b"Server: Hello ")?;
    writer.write_all(&name)?;
    writer.write_all(b"!\n")?;
    writer.flush()
}
