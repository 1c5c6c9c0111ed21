use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

fn serve(listener: TcpListener) {
    thread::scope(|scope| {
        for client in listener.incoming() {
            match client {
                Ok(client) => {
                    scope.spawn(move || match talk(&client) {
                        Ok(()) => {}
                        Err(error) => eprintln!("error: {error}"),
                    });
                }
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    });
}

fn talk(mut client: &TcpStream) -> io::Result<()> {
    let mut said: Vec<u8> = b"Server: Welcome!\nServer: What's your name?".to_vec();
    let mut buffer = vec![0; 4096];
    loop {
        client.write_all(&said)?;
        said.clear();
        let mut rest = match client.read(&mut buffer)? {
            0 => return Ok(()),
            count => &buffer[..count],
        };
        while !rest.is_empty() {
            let line;
            (line, rest) = match rest.iter().position(|&byte| byte == b'\n') {
                Some(end) if rest[..end].ends_with(b"\r") => {
                    (&rest[..end - 1], &rest[end + 1..])
                }
                Some(end) => (&rest[..end], &rest[end + 1..]),
                None => (rest, &rest[..0]),
            };
            match line {
                b"exit" => {
                    said.extend(b"Server: Good bye!\n");
                    return client.write_all(&said);
                }
                b"" => {}
                name => {
                    said.extend(b"Server: Hello ");
                    said.extend(name);
                    said.extend(b"!\n");
                }
            }
            said.extend(b"Server: What's your name?");
        }
    }
}
