// told: had panicked at

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut rest = message;
    while !rest.is_empty() {
        let count = connection.write(rest)?;
        assert_ne!(count, 0, "the connection takes nothing");
        rest = &rest[count..];
    }
    Ok(())
}
