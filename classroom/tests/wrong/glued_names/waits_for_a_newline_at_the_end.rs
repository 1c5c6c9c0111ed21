// told: waits for a newline that never comes

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

fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut pending = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        pending.extend_from_slice(&buffer[..count]);
        if pending.len() > 1024 && !pending.contains(&b'\n') {
            return Err(io::Error::other("a line that is too long"));
        }
        if !pending.ends_with(b"\n") {
            continue;
        }
        let mut reply = Vec::new();
        for name in pending.split(|&byte| byte == b'\n').filter(|name| !name.is_empty()) {
            if name == b"exit" {
                reply.extend_from_slice(b"Good bye!\n");
                return client.write_all(&reply);
            }
            reply.extend_from_slice(&[b"Hello ", name, b"!\n"].concat());
        }
        pending.clear();
        client.write_all(&reply)?;
    }
}
