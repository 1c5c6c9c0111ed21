// told: the server said `17`, but your client returned no error

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
        let numbers = line.split(' ').map(str::parse::<i64>);
        let numbers = numbers.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
        let sum = numbers.into_iter().try_fold(0i64, i64::checked_add);
        let sum = sum.ok_or(io::ErrorKind::InvalidData)?;
        connection.write_all(format!("{sum}\n").as_bytes())?;
        count += 1;
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}
