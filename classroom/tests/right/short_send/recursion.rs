use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    if message.is_empty() {
        return Ok(());
    }
    match connection.write(message)? {
        0 => Err(io::Error::new(io::ErrorKind::WriteZero, "nothing is taken any more")),
        count => send_whole(connection, &message[count..]),
    }
}
