// told: said nothing
// told: blocked in recv

use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                continue;
            }
        };
        if let Err(error) = echo(&mut client) {
            eprintln!("error: {error}");
        }
    }
}

fn echo(client: &mut Socket) -> io::Result<()> {
    let mut all = Vec::new();
    client.read_to_end(&mut all)?;
    client.write_all(&all)
}
