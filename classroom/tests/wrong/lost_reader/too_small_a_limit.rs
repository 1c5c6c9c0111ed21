// told: (1025 bytes)

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Serves all clients at once, without end.
fn serve(listener: TcpListener) {
    loop {
        let (client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let talk = || {
            if let Err(error) = talk(client) {
                eprintln!("error: talking with a client: {error}");
            }
        };
        if let Err(error) = thread::Builder::new().spawn(talk) {
            eprintln!("error: no thread for a client: {error}");
        }
    }
}

const MAX_LINE: u64 = 1024;

/// The next line, without its newline. `None` if the stream has ended after a line.
fn next_line(client: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let count = client.take(MAX_LINE).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if count as u64 > MAX_LINE => Err(io::Error::other("a line without end")),
        Some(_) => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Greets each name, until `exit` or the end of the stream.
fn talk(client: TcpStream) -> io::Result<()> {
    // One for the whole connection. `&TcpStream` can be written to while the reader has another `&TcpStream`.
    let mut reader = BufReader::new(&client);
    let mut writer = &client;
    let mut reply = Vec::new();
    loop {
        // Unless another line is here already: its answer can leave with this one, in one write.
        if !reader.buffer().contains(&b'\n') {
            writer.write_all(&reply)?;
            reply.clear();
        }
        match next_line(&mut reader)? {
            None => return Ok(()),
            Some(name) if name == b"exit" => {
                reply.extend_from_slice(b"Good bye!\n");
                return writer.write_all(&reply);
            }
            Some(name) => reply.extend_from_slice(&[b"Hello ", &*name, b"!\n"].concat()),
        }
    }
}
