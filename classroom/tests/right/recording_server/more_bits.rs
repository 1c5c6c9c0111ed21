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
    let mut sum = 0;
    let mut bytes = vec![0; 64];
    loop {
        match client.read(&mut bytes)? {
            0 => break,
            count => sum = add(sum, &bytes[..count])?,
        }
        let mut answer = sum.to_string();
        answer.push_str(" so far\n");
        client.write_all(answer.as_bytes())?;
    }
    client.write_all((sum.to_string() + " in all\n").as_bytes())
}

fn add(sum: i64, line: &[u8]) -> io::Result<i64> {
    let number = match String::from_utf8_lossy(line).trim().parse::<i64>() {
        Ok(number) => number,
        Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    };
    i64::try_from(i128::from(sum) + i128::from(number)).map_err(io::Error::other)
}
