// told: received

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
        thread::spawn(|| talk(client));
    }
}

fn talk(mut client: TcpStream) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..count]);
        _ = client.write_all(text.as_bytes());
    }
}
