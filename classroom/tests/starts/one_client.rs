//! 10 minutes · chapter 3 · fill the blanks
//!
//! Reach: a server that greets one client: accept, welcome and ask, read the name, say hello, close.
//! Why: these are the last three of the server's six steps. The listener only takes connections; the talk goes over a second
//! socket, which `accept` gives.

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;

    let mut buffer = [0; 1024];
    // TODO: A slice of 1 byte can take 1 byte. Give `read` the whole buffer.
    let count = client.read(&mut buffer[..1])?;
    let name = &buffer[..count];

    // TODO: Answer `Server: Hello NAME!` and a newline. The name may be any bytes, so it can't go through `format!`.
    _ = name;
    Ok(())
}

fn main() {
    grader::by_hand::server(serve);
}

