// told: panicked

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn serve(listener: TcpListener) {
    for client in listener.incoming() {
        let client = client.unwrap();
        thread::spawn(|| talk(client).unwrap());
    }
}

fn talk(mut client: TcpStream) -> io::Result<()> {
    client.write_all(&[b"Server: Welcome!\n", QUESTION].concat())?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
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
