//! Sends a text in the parts that you name, one for each Enter, and shows what the server
//! says.
//!
//! ```text
//! cargo run --example 06_cutter [HOST:PORT [PART…]]
//!     (default: 127.0.0.1:6000 Mich 'ael\n' 'exit\n')
//! ```
//!
//! In a part, `\n` stands for a newline.

use std::env;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use anyhow::Context;

// ANCHOR: parts
fn main() -> anyhow::Result<()> {
    let mut arguments =
        env::args_os().skip(1).map(|text| text.to_string_lossy().into_owned());
    let address = arguments.next().unwrap_or("127.0.0.1:6000".into());
    let mut parts: Vec<String> = arguments.collect();
    if parts.is_empty() {
        parts = ["Mich", r"ael\n", r"exit\n"].map(String::from).to_vec();
    }
    let mut stream = TcpStream::connect(&address)
        .with_context(|| format!("can't connect to {address}"))?;
    for part in &parts {
        println!("Enter sends \"{part}\"");
    }
    // ANCHOR_END: parts

    // ANCHOR: send
    let incoming = stream.try_clone()?;
    let printing = thread::Builder::new().spawn(move || print(incoming))?;

    for part in &parts {
        io::stdin().read_line(&mut String::new()).context("can't read Enter")?;
        stream
            .write_all(part.replace(r"\n", "\n").as_bytes())
            .with_context(|| format!("can't send to {address}"))?;
        // In one piece: the other thread writes to the same screen.
        let told = format!("sent \"{part}\"\n");
        eprint!("{told}");
    }
    // A server that has said goodbye has closed already: then there is nothing to finish.
    let _ = stream.shutdown(Shutdown::Write);
    printing
        .join()
        .expect("it doesn't panic")
        .with_context(|| format!("can't receive from {address}"))
}
// ANCHOR_END: send

// ANCHOR: print
/// Shows what the server says, as it comes, until the server has closed.
fn print(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        io::stdout().write_all(&buffer[..n])?;
        io::stdout().flush()?;
    }
}
// ANCHOR_END: print
