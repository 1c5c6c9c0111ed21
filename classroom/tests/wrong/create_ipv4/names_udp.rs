// told: Protocol not supported

use socket2::{Domain, Protocol, Socket, Type};
use std::io;

fn create() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::UDP))
}
