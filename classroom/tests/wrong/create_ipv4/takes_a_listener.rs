// told: the socket has an address already

use socket2::Socket;
use std::io;
use std::net::TcpListener;

fn create() -> io::Result<Socket> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(Socket::from(listener))
}
