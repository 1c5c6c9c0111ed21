use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;

fn count_letters(address: SocketAddr) -> io::Result<String> {
    let stream = TcpStream::connect(address)?;
    thread::scope(|scope| {
        let answer = scope.spawn(|| io::read_to_string(&stream));
        (&stream).write_all(b"Hello, Mr Right!")?;
        stream.shutdown(Shutdown::Write)?;
        answer.join().map_err(|_| io::Error::other("the thread panicked"))?
    })
}
