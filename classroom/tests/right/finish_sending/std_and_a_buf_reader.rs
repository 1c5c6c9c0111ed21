use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

fn count_letters(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"Hello, Mr Right!")?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    let mut reader = BufReader::new(stream);
    while reader.read_line(&mut answer)? > 0 {}
    Ok(answer)
}
