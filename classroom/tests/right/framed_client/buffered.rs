use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

fn answer_questions(server: SocketAddr) -> io::Result<usize> {
    let stream = TcpStream::connect(server)?;
    let mut reader = BufReader::new(&stream);
    let mut writer = BufWriter::new(&stream);
    for count in 0.. {
        let payload = loop {
            let [mut kind, mut length] = [[0; 1], [0; 1]].map(|_| [0_u8; 2]);
            reader.read_exact(&mut kind[..1])?;
            reader.read_exact(&mut length)?;
            let length = u16::from_be_bytes(length);
            if length > 4096 {
                return Err(ErrorKind::InvalidData.into());
            }
            let mut payload = vec![0; length.into()];
            reader.read_exact(&mut payload)?;
            match kind[0] {
                1 => break payload,
                3 => return Ok(count),
                _ => continue,
            }
        };
        writer.write_all(&[2])?;
        writer.write_all(&(payload.len() as u16).to_be_bytes())?;
        writer.write_all(&payload)?;
        writer.flush()?;
    }
    unreachable!("there are fewer questions than numbers")
}
