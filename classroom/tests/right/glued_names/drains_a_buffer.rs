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
    let mut kept: Vec<u8> = Vec::new();
    let mut buffer = [0; 100];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            count => kept.extend(&buffer[..count]),
        }
        let mut reply = Vec::new();
        while let Some(end) = kept.iter().position(|byte| *byte == b'\n') {
            if end >= LONGEST {
                return Err(io::Error::other("too long"));
            }
            let line: Vec<u8> = kept.drain(..=end).collect();
            if line == b"exit\n" {
                reply.extend(b"Good bye!\n");
                return client.write_all(&reply);
            }
            reply.extend(b"Hello ");
            reply.extend(&line[..end]);
            reply.extend(b"!\n");
        }
        if kept.len() > LONGEST {
            return Err(io::Error::other("too long"));
        }
        client.write_all(&reply)?;
    }
}
