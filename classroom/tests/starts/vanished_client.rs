//! 10 minutes · chapter 3 · fix the bug
//!
//! Reach: a server that notices when its client has gone.
//! Why: at the end of a stream `recv` does not fail and does not wait: it returns no bytes, again and again. A server that
//! does not look at the count greets nobody, without end, as fast as the machine can. (`read` is the crate's name for `recv`, here
//! and in all that follows; the stories say `recv`.)

use socket2::Socket;
use std::io::{self, Read, Write};

/// Talks with one client, until `exit` or the end of the stream; both are a quiet end.
fn serve(listener: Socket) -> io::Result<()> {
    let (mut client, _address) = listener.accept()?;
    client.write_all(b"Server: Welcome!\nServer: What's your name?")?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        // TODO: What if nothing has come?
        let name = &buffer[..count];
        if name == b"exit" {
            return client.write_all(b"Server: Good bye!\n");
        }
        client.write_all(
            &[b"Server: Hello ", name, b"!\nServer: What's your name?"].concat(),
        )?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

