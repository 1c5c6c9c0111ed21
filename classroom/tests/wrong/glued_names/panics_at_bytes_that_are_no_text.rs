// told: a thread of your server had panicked at
// told: .rs:
// told: Utf8Error

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

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

const LONGEST: usize = 1024;

fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut kept = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        let came = [&kept[..], &buffer[..count]].concat();
        kept.clear();
        let mut reply = Vec::new();
        for line in came.split_inclusive(|&byte| byte == b'\n') {
            if line.len() > LONGEST {
                return Err(io::Error::other("a line of more than 1,024 bytes"));
            }
            match line.strip_suffix(b"\n") {
                Some(b"exit") => {
                    reply.extend_from_slice(b"Good bye!\n");
                    return client.write_all(&reply);
                }
                Some(name) => {
                    let name = str::from_utf8(name).unwrap().as_bytes();
                    reply.extend_from_slice(&[b"Hello ", name, b"!\n"].concat());
                }
                None => kept.extend_from_slice(line),
            }
        }
        client.write_all(&reply)?;
    }
}
