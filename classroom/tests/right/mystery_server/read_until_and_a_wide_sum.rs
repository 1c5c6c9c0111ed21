use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

fn answer_sums(address: SocketAddr) -> io::Result<usize> {
    let mut connection = TcpStream::connect(address)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut sums = 0;
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = str::from_utf8(&line).map_err(io::Error::other)?;
        let Some(text) = text.strip_suffix('\n') else { break };
        if text == "bye" {
            return Ok(sums);
        }
        let (a, b) = text.split_once(' ').ok_or_else(|| io::Error::other("no space"))?;
        let a: i64 = a.parse().map_err(io::Error::other)?;
        let b: i64 = b.parse().map_err(io::Error::other)?;
        let sum = i128::from(a) + i128::from(b);
        let sum = i64::try_from(sum).map_err(io::Error::other)?;
        connection.write_all(format!("{sum}\n").as_bytes())?;
        sums += 1;
        line.clear();
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}
