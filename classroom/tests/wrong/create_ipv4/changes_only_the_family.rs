// told: the socket is not for a stream, but for datagrams

use socket2::{Domain, Socket, Type};
use std::io;

fn create() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::DGRAM, None)
}
