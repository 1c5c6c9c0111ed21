// told: your program does not make the calls that it should
// told: expected  send " Welcome!\n" = 7
// told: yours     send "Server: Welcome!\n" = 7

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    while connection.write(message)? < message.len() {}
    Ok(())
}
