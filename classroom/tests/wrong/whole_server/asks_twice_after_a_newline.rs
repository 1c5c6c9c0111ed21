// told: your server said more than it was asked for
// told: a client at a terminal sent "Michael\n"
// told: "Server: Hello Michael!\nServer: What's your name?Server: What's your name?"

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

fn serve(listener: TcpListener) {
    loop {
        let (client, address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let talk = move || {
            if let Err(error) = talk(client) {
                eprintln!("error: talking with {address}: {error}");
            }
        };
        if let Err(error) = thread::Builder::new().spawn(talk) {
            eprintln!("error: no thread for {address}: {error}");
        }
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
        let came = &buffer[..count];
        for name in came.split(|&byte| byte == b'\n') {
            let name = name.strip_suffix(b"\r").unwrap_or(name);
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
