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
        let spawned = thread::Builder::new().name("talk".to_owned()).spawn(move || {
            if let Err(error) = io::copy(&mut &client, &mut &client) {
                eprintln!("error: {error}");
            }
        });
        if let Err(error) = spawned {
            eprintln!("error: no thread: {error}");
        }
    }
}
