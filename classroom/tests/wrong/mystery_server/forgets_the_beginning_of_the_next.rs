// told: failed when the lines were cut after

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

fn answer_sums(address: SocketAddr) -> io::Result<usize> {
    let mut connection = TcpStream::connect(address)?;
    let mut came = Vec::new();
    let mut buffer = [0; 1024];
    let mut count = 0;
    loop {
        let length = connection.read(&mut buffer)?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        came.extend_from_slice(&buffer[..length]);
        if !came.contains(&b'\n') {
            continue;
        }
        let text =
            String::from_utf8(std::mem::take(&mut came)).map_err(io::Error::other)?;
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'))
        {
            if line == "bye" {
                return Ok(count);
            }
            let sum = sum(line).ok_or(io::ErrorKind::InvalidData)?;
            connection.write_all(format!("{sum}\n").as_bytes())?;
            count += 1;
        }
    }
}

fn sum(line: &str) -> Option<i64> {
    let (a, b) = line.split_once(' ')?;
    a.parse::<i64>().ok()?.checked_add(b.parse().ok()?)
}
