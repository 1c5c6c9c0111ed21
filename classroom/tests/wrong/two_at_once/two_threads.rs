// told: client 3 waited for "Let me think"

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

fn serve(listener: TcpListener) {
    let listener = Arc::new(listener);
    let other = Arc::clone(&listener);
    thread::spawn(move || serve_one_after_another(&other));
    serve_one_after_another(&listener);
}

fn serve_one_after_another(listener: &TcpListener) {
    while let Ok((mut client, _)) = listener.accept() {
        if let Err(error) = echo(&mut client) {
            eprintln!("error: talking with a client: {error}");
        }
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
