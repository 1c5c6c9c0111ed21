// told: waits for a newline that never comes

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

fn talk(client: TcpStream) {
    let mut reader = BufReader::new(&client);
    let mut line = Vec::new();
    while let Ok(1..) = reader.read_until(b'\n', &mut line) {
        _ = (&client).write_all(&line);
        line.clear();
    }
}
