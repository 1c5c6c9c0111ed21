// told: `open` did not return, and should have by now

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

fn open(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    while socket.bind(&address.into()).is_err() {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    socket.listen(5)?;
    Ok(socket)
}
