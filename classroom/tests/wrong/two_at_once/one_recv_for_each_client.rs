// told: your server closed the connection too early
// told: client 1 waited for "Now I know too"

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
        match talk(client) {
            Ok(()) => {}
            Err(error) => eprintln!("error: {error}"),
        }
    }
}

fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer)?;
    client.write_all(&buffer[..count])
}
