// told: your program does not make the calls of the recording
// told: recorded  send "40 in all\n" = 10
// told: yours     no call

use std::io::{self, Read, Write};

#[cfg(test)]
const RECORDING: &str = r#"
    send "Give me numbers.\n" = 17
    recv = 2 "2\n"
    send "2 so far\n" = 9
    recv = 3 "40\n"
    send "42 so far\n" = 10
    recv = 3 "-2\n"
    send "40 so far\n" = 10
    recv = 0
    send "40 in all\n" = 10
"#;

fn talk(client: &mut (impl Read + Write)) -> io::Result<()> {
    client.write_all(b"Give me numbers.\n")?;
    let mut sum: i64 = 0;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        let text = str::from_utf8(&buffer[..count]).map_err(io::Error::other)?;
        let number: i64 = text.trim().parse().map_err(io::Error::other)?;
        sum = sum.checked_add(number).ok_or(io::ErrorKind::InvalidData)?;
        client.write_all(format!("{sum} so far\n").as_bytes())?;
    }
}
