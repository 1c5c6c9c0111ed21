use std::io::{self, BufRead, BufReader, Read, Write};
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

/// How many bytes a line may have, without its newline.
const MAX_LINE: usize = 1024;

fn talk(client: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(&client);
    let mut writer = &client;
    let mut reply = b"Server: Welcome!\nServer: What's your name?\n".to_vec();
    loop {
        if !reader.buffer().contains(&b'\n') {
            writer.write_all(&reply)?;
            reply.clear();
        }
        let mut line = Vec::new();
        (&mut reader).take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line)?;
        if line.len() > MAX_LINE && !line.ends_with(b"\n") {
            reply.extend_from_slice(b"Server: That name is too long.\n");
            return writer.write_all(&reply);
        }
        let Some(line) = line.strip_suffix(b"\n") else { return Ok(()) };
        match line.strip_suffix(b"\r").unwrap_or(line) {
            b"exit" => {
                reply.extend_from_slice(b"Server: Good bye!\n");
                return writer.write_all(&reply);
            }
            b"" => {}
            name => reply.extend_from_slice(&[b"Server: Hello ", name, b"!\n"].concat()),
        }
        reply.extend_from_slice(b"Server: What's your name?\n");
    }
}
