use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

fn answer_sums(address: SocketAddr) -> io::Result<usize> {
    let mut connection = TcpStream::connect(address)?;
    let mut kept = Vec::new();
    let mut buffer = [0; 7];
    let mut count = 0;
    loop {
        while let Some(end) = kept.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = kept.drain(..=end).collect();
            if line == b"bye\n" {
                return Ok(count);
            }
            let sum = sum(&line[..end]).ok_or(io::ErrorKind::InvalidData)?;
            writeln!(connection, "{sum}")?;
            count += 1;
        }
        match connection.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => kept.extend_from_slice(&buffer[..length]),
        }
    }
}

fn sum(line: &[u8]) -> Option<i64> {
    let mut numbers = str::from_utf8(line).ok()?.split(' ').map(str::parse::<i64>);
    let sum = numbers.next()?.ok()?.checked_add(numbers.next()?.ok()?)?;
    numbers.next().is_none().then_some(sum)
}
