// told: failed when all lines came at once

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

fn answer_sums(address: SocketAddr) -> io::Result<usize> {
    let mut connection = TcpStream::connect(address)?;
    let mut count = 0;
    loop {
        let mut line = String::new();
        BufReader::new(&connection).read_line(&mut line)?;
        if line == "bye\n" {
            return Ok(count);
        }
        let sum = sum(line.trim_end()).ok_or(io::ErrorKind::UnexpectedEof)?;
        connection.write_all(format!("{sum}\n").as_bytes())?;
        count += 1;
    }
}

fn sum(line: &str) -> Option<i64> {
    let (a, b) = line.split_once(' ')?;
    a.parse::<i64>().ok()?.checked_add(b.parse().ok()?)
}
