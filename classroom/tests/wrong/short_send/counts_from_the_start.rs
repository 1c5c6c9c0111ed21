// told: Call 3:
// told: expected  send "e!\n" = 3
// told: yours     send " Welcome!\n" = 7

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut rest = message;
    while !rest.is_empty() {
        let count = connection.write(rest)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        rest = &message[count..];
    }
    Ok(())
}
