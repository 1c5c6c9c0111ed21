//! 15 minutes · chapter 3 · read a recording
//!
//! Reach: find out from its calls what a server did, and write it.
//! Why: when a program misbehaves and nobody has its source, its calls are what one can see. Read each: who spoke, how many
//! bytes were taken, and what made it stop.

use std::io::{self, Read, Write};

/// The calls of one talk, and what they returned (after the `=`).
#[cfg(test)]
const RECORDING: &str = r#"
    send "Give me numbers.\n" = 17
    recv = 2 "2\n"
    send "2 so far\n" = 9
    recv = 3 "40\n"
    send "42 so far\n" = 10
    recv = 3 "-2\n"
    send "40 so far\n" = 10
    recv = 0
    send "40 in all\n" = 10
"#;

/// Talks with one client. A message that is not a number is an error, and so is a sum that does not fit into an `i64`.
fn talk(client: &mut (impl Read + Write)) -> io::Result<()> {
    client.write_all(b"Give me numbers.\n")?;
    // TODO: The rest of the talk. You may take it that each `read` gives one line, as it did here.
    Ok(())
}

fn main() {
    grader::by_hand::server(|listener: std::net::TcpListener| {
        let (mut client, _address) = listener.accept()?;
        talk(&mut client)
    });
}

