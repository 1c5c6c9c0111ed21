// told: the socket has an address already
// told: the socket is not for a stream, but for datagrams

use socket2::Socket;
use std::io;
use std::net::UdpSocket;

fn create() -> io::Result<Socket> {
    UdpSocket::bind("127.0.0.1:0").map(Socket::from)
}
