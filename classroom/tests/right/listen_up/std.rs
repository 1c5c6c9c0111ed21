use socket2::Socket;
use std::io;
use std::net::{SocketAddr, TcpListener};

fn open(address: SocketAddr) -> io::Result<Socket> {
    TcpListener::bind(address).map(Socket::from)
}
