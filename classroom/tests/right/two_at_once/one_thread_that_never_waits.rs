use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

fn serve(listener: TcpListener) {
    listener.set_nonblocking(true).expect("the listener is open");
    let mut clients: Vec<TcpStream> = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        if let Ok((client, _)) = listener.accept()
            && client.set_nonblocking(true).is_ok()
        {
            clients.push(client);
        }
        clients.retain_mut(|client| match client.read(&mut buffer) {
            Ok(0) => false,
            Ok(count) => client.write_all(&buffer[..count]).is_ok(),
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        });
        thread::sleep(Duration::from_millis(1));
    }
}
