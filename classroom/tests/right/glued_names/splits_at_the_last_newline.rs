use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

fn serve(listener: TcpListener) {
    for client in listener.incoming() {
        match client {
            Ok(client) => {
                thread::spawn(move || talk(client));
            }
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut came = Vec::new();
    let mut buffer = vec![0; 4096];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        came.extend_from_slice(&buffer[..count]);
        let whole =
            came.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        let rest = came.split_off(whole);
        let mut reply = Vec::new();
        let mut lines: Vec<&[u8]> = came.split(|&byte| byte == b'\n').collect();
        lines.pop();
        if lines.iter().any(|line| line.len() > 1023) || rest.len() > 1023 {
            return Ok(());
        }
        for line in lines {
            if line == b"exit" {
                reply.extend_from_slice(b"Good bye!\n");
                return client.write_all(&reply);
            }
            reply.extend_from_slice(&[b"Hello ", line, b"!\n"].concat());
        }
        client.write_all(&reply)?;
        came = rest;
    }
}
