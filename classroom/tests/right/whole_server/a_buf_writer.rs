use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn serve(listener: TcpListener) {
    loop {
        let (client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
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

fn talk(client: TcpStream) -> io::Result<()> {
    let mut reader = client.try_clone()?;
    let mut writer = io::BufWriter::new(client);
    write!(writer, "Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        writer.flush()?;
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        for line in buffer[..count].split_inclusive(|&byte| byte == b'\n') {
            let name =
                line.strip_suffix(b"\r\n").or(line.strip_suffix(b"\n")).unwrap_or(line);
            if name == b"exit" {
                writer.write_all(b"Server: Good bye!\n")?;
                return writer.flush();
            }
            if !name.is_empty() {
                writer.write_all(b"Server: Hello ")?;
                writer.write_all(name)?;
                writer.write_all(b"!\n")?;
            }
            writer.write_all(QUESTION)?;
        }
    }
}
