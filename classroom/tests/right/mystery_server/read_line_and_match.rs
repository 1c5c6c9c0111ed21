use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

fn answer_sums(address: SocketAddr) -> io::Result<usize> {
    let stream = TcpStream::connect(address)?;
    let mut reader = BufReader::new(&stream);
    let mut count = 0;
    loop {
        let mut line = String::new();
        match reader.read_line(&mut line) {
            Ok(0) => return Err(io::Error::other("the server left without `bye`")),
            Ok(_) => {}
            Err(error) => return Err(error),
        }
        let line = line.trim_end_matches('\n');
        if line == "bye" {
            return Ok(count);
        }
        let numbers: Vec<i64> = match line.split(' ').map(str::parse).collect() {
            Ok(numbers) => numbers,
            Err(error) => return Err(io::Error::other(error)),
        };
        let sum = match numbers[..] {
            [a, b] => a.checked_add(b),
            _ => None,
        };
        match sum {
            Some(sum) => (&stream).write_all(format!("{sum}\n").as_bytes())?,
            None => return Err(io::Error::other("no sum")),
        }
        count += 1;
    }
}
