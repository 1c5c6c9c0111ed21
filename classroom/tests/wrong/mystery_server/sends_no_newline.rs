// told: expected  "42\n"

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

fn answer_sums(address: SocketAddr) -> io::Result<usize> {
    let mut connection = TcpStream::connect(address)?;
    let lines = BufReader::new(connection.try_clone()?).lines();
    let mut count = 0;
    for line in lines {
        let line = line?;
        if line == "bye" {
            return Ok(count);
        }
        let sum = sum(&line).ok_or(io::ErrorKind::InvalidData)?;
        connection.write_all(sum.to_string().as_bytes())?;
        count += 1;
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

fn sum(line: &str) -> Option<i64> {
    let (a, b) = line.split_once(' ')?;
    a.parse::<i64>().ok()?.checked_add(b.parse().ok()?)
}
