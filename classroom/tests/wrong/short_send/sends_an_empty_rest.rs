// told: Call 2:
// told: expected  no call
// told: yours     send "" = 0

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut rest = message;
    loop {
        match connection.write(rest)? {
            0 if rest.is_empty() => return Ok(()),
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => rest = &rest[count..],
        }
    }
}
