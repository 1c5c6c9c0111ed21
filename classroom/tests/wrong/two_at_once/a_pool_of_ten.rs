// told: client 11 waited for "Let me think"

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

fn serve(listener: TcpListener) {
    let (sender, receiver) = mpsc::channel();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..10 {
        let receiver = Arc::clone(&receiver);
        thread::spawn(move || {
            loop {
                let client = receiver.lock().map(|receiver| receiver.recv());
                let Ok(Ok(client)) = client else { return };
                talk(client);
            }
        });
    }
    for client in listener.incoming().flatten() {
        _ = sender.send(client);
    }
}

fn talk(mut client: TcpStream) {
    if let Err(error) = echo(&mut client) {
        eprintln!("error: talking with a client: {error}");
    }
}

fn echo(client: &mut TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            count => client.write_all(&buffer[..count])?,
        }
    }
}
