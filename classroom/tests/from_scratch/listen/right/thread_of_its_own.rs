use std::error::Error;
use std::io::Write;
use std::io::{BufRead, stderr, stdin};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

fn listener(argument: &str) -> Result<(TcpListener, SocketAddr), Box<dyn Error>> {
    let addresses: Vec<SocketAddr> = argument.to_socket_addrs()?.collect();
    let listener = TcpListener::bind(&addresses[..])?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn main() -> Result<(), Box<dyn Error>> {
    let argument = std::env::args().nth(1).ok_or("no address")?;
    let (_listener, address) =
        listener(&argument).map_err(|error| format!("{argument}: {error}"))?;
    let said = std::thread::spawn(move || writeln!(stderr(), "listening on {address}"));
    said.join().map_err(|_| "the thread has panicked")??;
    stdin().lock().lines().next().transpose()?;
    Ok(())
}
