use socket2::Socket;
use std::io::{self, Read, Write};

fn serve(listener: Socket) -> io::Result<()> {
    loop {
        match listener.accept() {
            Ok((client, _)) => {
                std::thread::spawn(move || echo(client));
            }
            Err(error) => {
                eprintln!("error: {error}");
                std::thread::sleep(std::time::Duration::from_millis(200));
            }
        }
    }
}

fn echo(mut client: Socket) {
    let mut buffer = vec![0; 7];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        if client.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
}
