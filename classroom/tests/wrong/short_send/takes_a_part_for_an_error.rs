// told: yours     no call
// told: `send_whole` returned the error: only 7 bytes were taken

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    match connection.write(message)? {
        0 => Err(io::ErrorKind::WriteZero.into()),
        count if count < message.len() => {
            Err(io::Error::other(format!("only {count} bytes were taken")))
        }
        _ => Ok(()),
    }
}
