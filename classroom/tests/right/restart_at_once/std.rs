use socket2::Socket;
use std::io;
use std::net::{SocketAddr, TcpListener};

fn open(address: SocketAddr) -> io::Result<Socket> {
    // On Unix, it sets the option.
    Ok(TcpListener::bind(address)?.into())
}
