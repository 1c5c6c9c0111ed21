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
    let mut client = BufReader::new(client);
    loop {
        let came = client.fill_buf()?.to_vec();
        if came.is_empty() {
            return Ok(());
        }
        client.consume(came.len());
        client.get_mut().write_all(&came)?;
    }
}
