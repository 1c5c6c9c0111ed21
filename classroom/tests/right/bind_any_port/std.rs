use std::io;
use std::net::{SocketAddr, TcpListener};

fn open() -> io::Result<(TcpListener, Option<SocketAddr>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    Ok((listener, Some(address)))
}
