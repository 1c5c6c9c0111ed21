// told: your client did not finish sending

use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};

fn count_letters(address: SocketAddr) -> io::Result<String> {
    let mut socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.connect(&address.into())?;
    socket.write_all(b"Hello, Mr Right!")?;
    std::thread::sleep(std::time::Duration::from_millis(500));
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    Ok(answer)
}
