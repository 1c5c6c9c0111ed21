// told: when the bytes were cut after

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
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
        kept.extend_from_slice(&buffer[..count]);
        if let Some(end) = kept.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = kept.drain(..=end).collect();
            if line == b"exit\n" {
                return client.write_all(b"Good bye!\n");
            }
            client.write_all(&[b"Hello ", &line[..end], b"!\n"].concat())?;
        }
        if kept.len() > LONGEST {
            return Err(io::Error::other("a line of more than 1,024 bytes"));
        }
    }
}
