use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    const QUESTION: &[u8] = b"Server: What's your name?";
    let mut server = TcpStream::connect(address)?;
    let mut buffer = [0; 1024];
    for answer in ["Michael", "Tracy", "Sarah", "exit"] {
        let mut turn = Vec::new();
        while !turn.ends_with(QUESTION) {
            match server.read(&mut buffer)? {
                0 => return Err(io::Error::other("the server closed too early")),
                count => {
                    out.write_all(&buffer[..count])?;
                    turn.extend_from_slice(&buffer[..count]);
                }
            }
        }
        writeln!(out)?;
        server.write_all(answer.as_bytes())?;
    }
    io::copy(&mut server, out).map(drop)
}
