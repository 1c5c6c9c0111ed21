//! The scripted client for a server that speaks in lines.
//!
//! ```text
//! cargo run --example 06_line_client [HOST:PORT [NAME…]]
//!     (default: 127.0.0.1:6000 Michael Tracy Sarah)
//! ```

use std::env;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use anyhow::{Context, bail, ensure};

/// How many bytes a line may have, without its newline.
const MAX_LINE: usize = 2048;

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
        let is_name = !name.is_empty() && !name.contains(['\n', '\u{FFFD}']);
        ensure!(is_name, "{name:?} is not a name: a name is one line of text");
    }
    answers.push("exit".into());
    // ANCHOR_END: names

    // ANCHOR: lines
    let mut stream = TcpStream::connect(&address)
        .with_context(|| format!("can't connect to {address}"))?;
    let mut answers = answers.iter();
    let mut received = Vec::new(); // and not yet a whole line
    let mut buffer = [0; 1024];
    loop {
        let n = stream
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {address}"))?;
        if n == 0 {
            break; // the server has closed
        }
        received.extend_from_slice(&buffer[..n]);
        // ANCHOR_END: lines

        // ANCHOR: answer
        loop {
            let newline = received.iter().position(|byte| *byte == b'\n');
            ensure!(
                newline.unwrap_or(received.len()) <= MAX_LINE,
                "{address} sends a line of more than {MAX_LINE} bytes"
            );
            let Some(newline) = newline else { break };
            let line: Vec<u8> = received.drain(..=newline).collect();
            io::stdout().write_all(&line).context("can't print")?;
            if line == b"Server: What's your name?\n" {
                let answer = answers
                    .next()
                    .with_context(|| format!("{address} asked again after `exit`"))?;
                stream
                    .write_all(format!("{answer}\n").as_bytes())
                    .with_context(|| format!("can't send to {address}"))?;
            }
        }
    }
    ensure!(received.is_empty(), "{address} closed in the middle of a line");
    if let Some(answer) = answers.next() {
        bail!("{address} closed the connection before we said {answer:?}");
    }
    Ok(())
}
// ANCHOR_END: answer
