//! The whole client, on `std::net`: gives a name to each question, then leaves with
//! `exit`.
//!
//! ```text
//! cargo run --example 05_scripted_client [HOST:PORT [NAME…]]
//!     (default: 127.0.0.1:6000 Michael Tracy Sarah)
//! ```

use std::env;
use std::io::{self, Read, Write};
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
        // The server takes at most 1024 bytes at once. U+FFFD is what `to_string_lossy` puts
        // in place of bytes that aren't text, so a name that has one is refused as well.
        let is_name =
            (1..=1024).contains(&name.len()) && !name.contains(['\n', '\u{FFFD}']);
        ensure!(
            is_name,
            "{name:?} is not a name: a name is one line of text, at most 1024 bytes"
        );
    }
    answers.push("exit".into());
    // ANCHOR_END: names

    // ANCHOR: talk
    // Resolve, create, connect in one call, to each of the host's addresses in turn until
    // one answers.
    let mut stream = TcpStream::connect(&address)
        .with_context(|| format!("can't connect to {address}"))?;

    // The question's own bytes tell that it is our turn. How they were cut into pieces on
    // their way tells nothing.
    let question = b"Server: What's your name?";
    let mut answers = answers.iter();
    let mut heard = Vec::new(); // what was heard last, and may be part of a question
    let mut buffer = [0; 1024];
    loop {
        let n = stream
            .read(&mut buffer)
            .with_context(|| format!("can't receive from {address}"))?;
        if n == 0 {
            break; // the server has closed
        }
        // ANCHOR_END: talk

        // ANCHOR: answer
        io::stdout().write_all(&buffer[..n]).context("can't print")?;
        io::stdout().flush().context("can't print")?;

        heard.extend_from_slice(&buffer[..n]);
        if heard.trim_ascii_end().ends_with(question) {
            if !heard.ends_with(b"\n") {
                println!(); // ours asks without a newline, others may not
            }
            heard.clear();
            let answer = answers
                .next()
                .with_context(|| format!("{address} asked again after `exit`"))?;
            stream
                .write_all(answer.as_bytes())
                .with_context(|| format!("can't send to {address}"))?;
        }
        heard.drain(..heard.len().saturating_sub(question.len()));
    }
    if let Some(answer) = answers.next() {
        bail!("{address} closed the connection before we said {answer:?}");
    }
    Ok(())
} // `stream` is dropped here, and so closed
// ANCHOR_END: answer
