use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut sent = 0;
    while sent < message.len() {
        sent += match connection.write(&message[sent..]) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero)),
            Ok(count) => count,
            Err(error) => return Err(error),
        };
    }
    Ok(())
}
