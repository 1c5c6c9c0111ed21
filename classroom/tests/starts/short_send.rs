//! 12 minutes · chapter 3 · fix the bug
//!
//! Reach: send a whole message, although each `send` may take only a part of it.
//! Why: a blocking `send` nearly always takes everything before it returns. It takes less when a signal, a time limit or a reset
//! ends its wait, and a non-blocking one takes what fits into the buffer. It says how much it took, and the rest is yours to
//! send. A program that doesn't look works for years, until it loses the end of a message.

use std::io::{self, Write};

/// Sends all of `message`. `write` is the crate's name for `send`; `write_all` is what you are building here.
fn send_whole(connection: &mut impl Write, message: &[u8]) -> io::Result<()> {
    // TODO: Look at the count, and send what is left.
    let count = connection.write(message)?;
    println!("{count} of {} bytes were taken", message.len());
    Ok(())
}

fn main() {
    grader::by_hand::show("send_whole", || send_whole(&mut io::sink(), b"hello"));
}

