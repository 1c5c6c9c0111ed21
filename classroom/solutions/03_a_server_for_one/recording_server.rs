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
    let mut sum: i64 = 0;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            // The client has finished sending, and still listens: it gets its result. One call for each message, so the
            // text is made first: `write!` to a connection would be a call for each of its pieces.
            return client.write_all(format!("{sum} in all\n").as_bytes());
        }
        let text = str::from_utf8(&buffer[..count]).map_err(io::Error::other)?;
        let number: i64 = text.trim().parse().map_err(io::Error::other)?;
        // `+` would panic, or give a wrong sum in a release build: a client must not be able to do either.
        sum = sum.checked_add(number).ok_or(io::ErrorKind::InvalidData)?;
        client.write_all(format!("{sum} so far\n").as_bytes())?;
    }
}

fn main() {
    grader::by_hand::server(|listener: std::net::TcpListener| {
        let (mut client, _address) = listener.accept()?;
        talk(&mut client)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, ScriptedStream, and_returns, call, check};

    fn talks(pieces: &'static [&str], recording: &str) -> Outcome {
        let (client, talked) = call("talk", move || {
            let mut client = ScriptedStream::with(pieces);
            let talked = talk(&mut client);
            io::Result::Ok((client, talked))
        })?;
        and_returns("talk", talked, client.recorded(recording))
    }

    #[test]
    fn it_makes_the_recorded_calls() -> Outcome {
        talks(&["2\n", "40\n", "-2\n"], RECORDING)
    }

    #[test]
    fn with_other_numbers() -> Outcome {
        talks(
            &["7\n", "5000000000\n"],
            r#"
            send "Give me numbers.\n" = 17
            recv = 2 "7\n"
            send "7 so far\n" = 9
            recv = 11 "5000000000\n"
            send "5000000007 so far\n" = 18
            recv = 0
            send "5000000007 in all\n" = 18
            "#,
        )
    }

    fn is_an_error(pieces: &'static [&str], otherwise: &str) -> Outcome {
        let result =
            call("talk", || io::Result::Ok(talk(&mut ScriptedStream::with(pieces))))?;
        check(result.is_err(), otherwise)
    }

    #[test]
    fn what_is_no_number_is_an_error() -> Outcome {
        is_an_error(&["many\n"], "`many` is not a number, but `talk` returned no error")
    }

    #[test]
    fn a_sum_that_is_too_big_is_an_error() -> Outcome {
        is_an_error(
            &["9223372036854775807\n", "1\n"],
            "the sum does not fit into an `i64`, but `talk` returned no error",
        )
    }
}
