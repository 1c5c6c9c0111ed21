// told: waited for "Server: Hello Michael!

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

const QUESTION: &[u8] = b"Server: What's your name?";

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
    client.write_all(&[b"Server: Welcome!\n", QUESTION].concat())?;
    let reader = BufReader::new(client.try_clone()?);
    for line in reader.split(b'\n') {
        let line = line?;
        let name = line.strip_suffix(b"\r").unwrap_or(&line);
        match name {
            b"exit" => return client.write_all(b"Server: Good bye!\n"),
            b"" => client.write_all(QUESTION)?,
            name => {
                client
                    .write_all(&[b"Server: Hello ", name, b"!\n", QUESTION].concat())?;
            }
        }
    }
    Ok(())
}
