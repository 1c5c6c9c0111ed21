// told: expected  send "Server: Welcome!\n" = 17
// told: yours     send "S" = 1

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    for byte in message {
        if connection.write(&[*byte])? == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
    }
    Ok(())
}
