//! The scripted client for messages that begin with their length.
//!
//! ```text
//! cargo run --example 06_length_client [HOST:PORT [NAME…]]
//!     (default: 127.0.0.1:6000 Michael Tracy Sarah)
//! ```

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

use anyhow::{Context, bail, ensure};

// ANCHOR: names
fn main() -> anyhow::Result<()> {
    let mut arguments =
        env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned());
    let address = arguments.next().unwrap_or("127.0.0.1:6000".into());
    let mut answers: Vec<String> = arguments.collect();
    if answers.is_empty() {
        answers = ["Michael", "Tracy", "Sarah"].map(String::from).to_vec();
    }
    for name in &answers {
        // U+FFFD is what `to_string_lossy` puts in place of bytes that aren't text.
        ensure!(!name.contains('\u{FFFD}'), "{name:?} is not a name: it isn't text");
    }
    answers.push("exit".into());
    // ANCHOR_END: names

    // ANCHOR: talk
    let mut stream = TcpStream::connect(&address)
        .with_context(|| format!("can't connect to {address}"))?;
    let mut answers = answers.iter();
    while let Some(message) = receive_message(&mut stream)
        .with_context(|| format!("can't receive from {address}"))?
    {
        io::stdout().write_all(&message).context("can't print")?;
        println!(); // no newline is sent: a length says where a message ends
        if message == b"Server: What's your name?" {
            let answer = answers
                .next()
                .with_context(|| format!("{address} asked again after `exit`"))?;
            let length = answer.len() as u32; // an argument is far below 4 GiB
            stream
                .write_all(&[&length.to_be_bytes(), answer.as_bytes()].concat())
                .with_context(|| format!("can't send to {address}"))?;
        }
    }
    if let Some(answer) = answers.next() {
        bail!("{address} closed the connection before we said {answer:?}");
    }
    Ok(())
}
// ANCHOR_END: talk

// ANCHOR: receive_message
/// How many bytes a message may have, without its length.
const MAX_MESSAGE: usize = 2048;

/// The next message. `None` if the stream has ended where a message ends.
fn receive_message(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let n = stream.read(&mut length)?;
    if n == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[n..])?;
    let length = u32::from_be_bytes(length) as usize;
    if length > MAX_MESSAGE {
        let error =
            format!("a message of {length} bytes, and the limit is {MAX_MESSAGE}");
        return Err(io::Error::new(ErrorKind::InvalidData, error));
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    Ok(Some(message))
}
// ANCHOR_END: receive_message
