use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

fn serve(listener: TcpListener) {
    loop {
        let (client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let talk = || {
            if let Err(error) = talk(client) {
                eprintln!("error: talking with a client: {error}");
            }
        };
        if let Err(error) = thread::Builder::new().spawn(talk) {
            eprintln!("error: no thread for a client: {error}");
        }
    }
}

const LONGEST: usize = 1024;

fn talk(mut client: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut reply = Vec::new();
    loop {
        let mut line = Vec::new();
        // It waits only if there is no whole line any more; then the reply has to be sent.
        while !line.ends_with(b"\n") {
            if reader.buffer().is_empty() {
                client.write_all(&reply)?;
                reply.clear();
            }
            let came = reader.fill_buf()?;
            if came.is_empty() {
                return Ok(());
            }
            let end = came
                .iter()
                .position(|&byte| byte == b'\n')
                .map_or(came.len(), |end| end + 1);
            line.extend_from_slice(&came[..end]);
            reader.consume(end);
            if line.len() > LONGEST {
                return Err(io::Error::other("too long"));
            }
        }
        line.pop();
        if line == b"exit" {
            reply.extend_from_slice(b"Good bye!\n");
            return client.write_all(&reply);
        }
        reply.extend_from_slice(&[b"Hello ", &line[..], b"!\n"].concat());
    }
}
