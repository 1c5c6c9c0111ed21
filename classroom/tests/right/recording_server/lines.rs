use std::io::{self, BufRead, BufReader, Read, Write};

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
    let mut client = BufReader::new(client);
    let mut sum = 0i64;
    let mut line = String::new();
    while client.read_line(&mut line)? > 0 {
        let number = line.trim_end().parse::<i64>().map_err(io::Error::other)?;
        let Some(next) = sum.checked_add(number) else {
            return Err(io::Error::other("the sum is too big"));
        };
        sum = next;
        client.get_mut().write_all(format!("{sum} so far\n").as_bytes())?;
        line.clear();
    }
    client.get_mut().write_all(format!("{sum} in all\n").as_bytes())
}
