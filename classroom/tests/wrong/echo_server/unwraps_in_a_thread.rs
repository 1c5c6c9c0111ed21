// told: your server panicked
// told: ConnectionReset

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

fn serve(listener: TcpListener) -> io::Result<()> {
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => _ = thread::spawn(move || echo(stream)),
            Err(error) => eprintln!("error: {error}"),
        }
    }
    Ok(())
}

fn echo(mut stream: TcpStream) {
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        if count == 0 {
            return;
        }
        stream.write_all(&buffer[..count]).unwrap();
    }
}
