// told: your server

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::TcpListener;

/// How many bytes a name may have.
const MAX_LINE: u64 = 1024;

/// Greets one client, until `exit` or the end of the stream.
fn serve(listener: TcpListener) -> io::Result<()> {
    let (client, _address) = listener.accept()?;
    let mut reader = BufReader::new(&client);
    let mut writer = BufWriter::new(&client);
    writer.write_all(b"Server: Welcome!\nServer: What's your name?\n")?;
    let mut line = Vec::new();
    loop {
        // Before each wait, and only then: as long as a whole line is here, `read_until` doesn't wait for the client.
        if !reader.buffer().contains(&b'\n') {
            writer.flush()?;
        }
        line.clear();
        let mut limited = (&mut reader).take(MAX_LINE + 1);
        limited.read_until(b'\n', &mut line)?;
        // No newline: the stream has ended, or the line is too long.
        let Some(name) = line.strip_suffix(b"\n") else {
            return Ok(());
        };
        if name == b"exit" {
            writer.write_all(b"Server: Good bye!\n")?;
            std::mem::forget(writer);
            return Ok(());
        }
        writer.write_all(&[b"Server: Hello ", name, b"!\n"].concat())?;
        writer.write_all(b"Server: What's your name?\n")?;
    }
}
