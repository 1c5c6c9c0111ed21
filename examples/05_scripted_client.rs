//! The whole client, on `std::net`: gives a name to each question, then leaves with
//! `exit`.
//!
//! ```text
//! cargo run --example 05_scripted_client [HOST:PORT [NAME…]]
//!     (if not: 127.0.0.1:6000 Michael Tracy Sarah)
//! ```

use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

use anyhow::{Context, bail};

fn main() -> ExitCode {
    let Err(error) = talk() else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {error:#}");
    if let Some(hint) = hint(&error) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

// ANCHOR: talk
fn talk() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let address = arguments.next().unwrap_or("127.0.0.1:6000".into());
    let address = address.to_string_lossy();
    let mut answers = Vec::new();
    for name in arguments {
        // The server takes at most 1024 bytes at once, and a longer name for two.
        let is_name =
            |text: &&str| (1..=1024).contains(&text.len()) && !text.contains('\n');
        let Some(text) = name.to_str().filter(is_name) else {
            bail!(
                "{name:?} is not a name: a name is one line of text, at most 1024 bytes"
            );
        };
        answers.push(text.to_owned());
    }
    if answers.is_empty() {
        answers = ["Michael", "Tracy", "Sarah"].map(String::from).to_vec();
    }
    answers.push("exit".to_owned());

    // Resolve, create, connect in one call, to each of the host's addresses in turn until
    // one answers.
    let mut stream = TcpStream::connect(&*address)
        .with_context(|| format!("can't connect to {address}"))?;

    for answer in &answers {
        if !hear_question(&mut stream).with_context(|| format!("talking to {address}"))? {
            bail!("{address} closed the connection before we said {answer:?}");
        }
        stream
            .write_all(answer.as_bytes())
            .with_context(|| format!("can't send to {address}"))?;
    }
    if hear_question(&mut stream).with_context(|| format!("talking to {address}"))? {
        bail!("{address} asked again after we said \"exit\"");
    }
    Ok(())
} // `stream` is dropped here, and so closed
// ANCHOR_END: talk

// ANCHOR: hear_question
/// Prints what the server says, up to its next question. Returns false if it closed
/// instead of asking.
///
/// The question's own bytes tell that it is our turn. How they were cut into pieces on
/// their way tells nothing.
fn hear_question(stream: &mut TcpStream) -> io::Result<bool> {
    const QUESTION: &[u8] = b"Server: What's your name?";

    let mut screen = io::stdout();
    let mut heard = Vec::new(); // the last bytes heard, as many as the question has
    let mut buffer = [0; 1024];
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Ok(false);
        }
        screen.write_all(&buffer[..n])?;
        screen.flush()?;

        heard.extend_from_slice(&buffer[..n]);
        if heard.trim_ascii_end().ends_with(QUESTION) {
            // Ours ends its question without a newline, others may not.
            if !heard.ends_with(b"\n") {
                writeln!(screen)?;
            }
            return Ok(true);
        }
        heard.drain(..heard.len().saturating_sub(QUESTION.len()));
    }
}
// ANCHOR_END: hear_question

// ANCHOR: hint
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    let error = error.downcast_ref::<io::Error>()?;
    match error.kind() {
        ErrorKind::ConnectionRefused => {
            Some("is a server listening there? start one, or name the address of another")
        }
        ErrorKind::InvalidInput => {
            Some("an address is HOST:PORT, the port at most 65535, as in 127.0.0.1:6000")
        }
        _ if error.to_string().starts_with("failed to lookup") => {
            Some("is the host's name spelled right, and is there a network?")
        }
        _ => None,
    }
}
// ANCHOR_END: hint
