// told: your program does not make the calls that it should
// told: yours     send "Server:" = 7

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut rest = message;
    while !rest.is_empty() {
        let count = connection.write(rest)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        rest = &rest[..count];
    }
    Ok(())
}
