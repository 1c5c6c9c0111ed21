// told: an IPv4 address does not fit the socket: it is of another family

use socket2::{Domain, Socket, Type};
use std::io;

fn create() -> io::Result<Socket> {
    Socket::new(Domain::UNIX, Type::STREAM, None)
}
