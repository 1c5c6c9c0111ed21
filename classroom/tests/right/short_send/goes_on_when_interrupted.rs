use std::io::{self, Write};

fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut rest = message;
    loop {
        if rest.is_empty() {
            return Ok(());
        }
        match connection.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => (_, rest) = rest.split_at(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
