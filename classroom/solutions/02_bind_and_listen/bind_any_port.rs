//! 8 minutes · chapter 2 · fill the blank
//!
//! Reach: a server on any free port, and the address at which it can be reached.
//! Why: port 0 is not a port but a wish: "any that is free". Nobody can connect to port 0; the kernel has chosen a real
//! one, and only the socket knows which.

use socket2::{Domain, Socket, Type};
use std::io;
use std::net::SocketAddr;

/// A listening socket, and its address for others to connect to.
fn open() -> io::Result<(Socket, Option<SocketAddr>)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let wish = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&wish.into())?;
    socket.listen(5)?;
    // The call is getsockname in C. It gives an address of any family, perhaps a file's name; `as_socket` is the IP address
    // and port, if it is one.
    let address = socket.local_addr()?.as_socket();
    Ok((socket, address))
}

fn main() {
    grader::by_hand::show("open", open);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Story, call};
    use std::io;
    use std::net::{SocketAddr, TcpStream};

    #[test]
    fn it_can_be_reached_at_its_address() -> Outcome {
        let (_socket, address) = call("open", open)?;
        is_reached_at(address)
    }

    #[test]
    fn another_server_can_be_open_too() -> Outcome {
        let (_first, _) = call("open", open)?;
        match call("open", || io::Result::Ok(open()))? {
            Ok((_second, address)) => is_reached_at(address),
            Err(error) => {
                let headline =
                    "`open` was called again while the first server was still open";
                Err(Story::new(headline).ending(format!("It gave: {error}")))
            }
        }
    }

    fn is_reached_at(address: Option<SocketAddr>) -> Outcome {
        let address = address.ok_or_else(|| Story::new("`open` gave no address"))?;
        let ip = address.ip();
        if ip.is_unspecified() && address.port() != 0 {
            return Err(Story::new(format!("{ip} is not an address to connect to"))
                .ending(
                    "A socket has it that was bound to no address, or to all of them.",
                ));
        }
        match TcpStream::connect_timeout(&address, grader::limit()) {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(Story::new(format!("nobody can connect to port {}", address.port())))
            }
        }
    }
}
