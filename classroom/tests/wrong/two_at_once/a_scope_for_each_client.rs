// told: client 2 waited for "Let me think"

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
        thread::scope(|scope| {
            scope.spawn(|| talk(client));
        });
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
