//! 10 minutes · chapter 6 · fix the bug
//!
//! Reach: a server that collects its words in a `BufWriter`, and sends them before it waits.
//! Why: what is in a `BufWriter` isn't on its way. Both sides wait, nothing is in any queue, and no tool shows what is wrong. To
//! send each word at once isn't the cure: two small writes can cost 40 milliseconds.
//!
//! Whatever there is to say to all the lines that have come leaves with one write. A line is at most 1,024 bytes long, without its
//! newline; a longer one ends the talk, and so does a stream that ends within a line.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::TcpListener;

/// How many bytes a name may have.
const MAX_LINE: u64 = 1024;

/// Greets one client, until `exit` or the end of the stream.
fn serve(listener: TcpListener) -> io::Result<()> {
    let (client, _address) = listener.accept()?;
    let mut reader = BufReader::new(&client);
    let mut writer = BufWriter::new(&client);
    writer.write_all(b"Server: Welcome!\nServer: What's your name?\n")?;
    let mut line = Vec::new();
    loop {
        // TODO: Here the server waits for the next name. Who has its question?
        line.clear();
        let mut limited = (&mut reader).take(MAX_LINE + 1);
        limited.read_until(b'\n', &mut line)?;
        // No newline: the stream has ended, or the line is too long.
        let Some(name) = line.strip_suffix(b"\n") else {
            return Ok(());
        };
        if name == b"exit" {
            writer.write_all(b"Server: Good bye!\n")?;
            return writer.flush();
        }
        writer.write_all(&[b"Server: Hello ", name, b"!\n"].concat())?;
        writer.write_all(b"Server: What's your name?\n")?;
    }
}

fn main() {
    grader::by_hand::server(serve);
}

