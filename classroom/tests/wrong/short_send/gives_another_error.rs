// told: io::ErrorKind::WriteZero

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut rest = message;
    while !rest.is_empty() {
        let count = connection.write(rest)?;
        if count == 0 {
            return Err(io::Error::other("the connection takes nothing"));
        }
        rest = &rest[count..];
    }
    Ok(())
}
