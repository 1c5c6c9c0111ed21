// told: more connections can wait than a backlog of 5 lets

use socket2::Socket;
use std::io;
use std::net::{SocketAddr, TcpListener};

fn open(address: SocketAddr) -> io::Result<Socket> {
    TcpListener::bind(address).map(Socket::from)
}
