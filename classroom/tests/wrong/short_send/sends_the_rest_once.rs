// told: Call 3:
// told: yours     no call

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let count = connection.write(message)?;
    if count < message.len() {
        connection.write(&message[count..])?;
    }
    Ok(())
}
