// told: waits for a newline that never comes

use socket2::Socket;
use std::io::{self, BufRead, BufReader, Write};

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
    let mut reader = BufReader::new(client.try_clone()?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        client.write_all(&line)?;
        line.clear();
    }
    Ok(())
}
