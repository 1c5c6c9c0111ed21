// told: client 1 sent and did not read, until your server took no more
// told: your server panicked

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
        let Ok(count @ 1..) = stream.read(&mut buffer) else { return };
        stream.write_all(&buffer[..count]).unwrap();
    }
}
