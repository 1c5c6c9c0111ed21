use socket2::Socket;
use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

fn serve(listener: Socket) -> io::Result<()> {
    loop {
        let (mut client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        talk(&mut client);
    }
}

fn talk(client: &mut Socket) {
    let mut buffer = [0; 1024];
    loop {
        let given_back = match client.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => client.write_all(&buffer[..count]),
            Err(error) => Err(error),
        };
        if let Err(error) = given_back {
            eprintln!("error: {error}");
            return;
        }
    }
}
