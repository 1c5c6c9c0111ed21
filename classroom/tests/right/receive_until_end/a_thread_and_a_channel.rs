use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;

fn receive(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut buffer = [0; 1024];
        loop {
            let count = stream.read(&mut buffer)?;
            if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                return io::Result::Ok(());
            }
        }
    });
    let all = receiver.into_iter().flatten().collect();
    reader.join().map_err(|_| io::Error::other("the thread panicked"))??;
    Ok(all)
}
