//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: a server that counts its clients: those that ever came, and those that are here.
//! Why: threads that share a number need more than a variable, and a server that counts its clients in has to count them out
//! again, however they leave.
//!
//! To client number 3, when one other is here, it says `You are client 3, and 2 are here.` and a newline, with one call, as soon as it comes.
//! Then it waits until the client finishes, counts it out, and closes, in this order: the client may be back, or another may come,
//! as soon as it sees the end.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Serves all clients at once, without end.
fn serve(listener: TcpListener) {
    // A number that threads share: each gets an `Arc::clone(&here)` of its own.
    let here = Arc::new(AtomicUsize::new(0));
    // This thread alone needs the number of those that ever came.
    for number in 1.. {
        let (client, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let here = Arc::clone(&here);
        let attend = move || attend(client, number, &here);
        if let Err(error) = thread::Builder::new().spawn(attend) {
            eprintln!("error: no thread for client {number}: {error}");
        }
    }
}

/// Counts the client in, talks with it, counts it out however the talk has ended, even if the client could be told nothing, and
/// closes the connection.
fn attend(mut client: impl Read + Write, number: usize, here: &AtomicUsize) {
    // Counting and looking are one step: between two, another thread might count.
    let count = here.fetch_add(1, Ordering::SeqCst) + 1;
    if let Err(error) = talk(&mut client, number, count) {
        eprintln!("error: talking with client {number}: {error}");
    }
    // Also after an error; and before the connection is closed, which is when `client` is dropped: at the end of this function.
    here.fetch_sub(1, Ordering::SeqCst);
}

/// Tells the client both numbers, and waits until it finishes.
fn talk(client: &mut (impl Read + Write), number: usize, here: usize) -> io::Result<()> {
    let numbers = format!("You are client {number}, and {here} are here.\n");
    client.write_all(numbers.as_bytes())?;
    let mut buffer = [0; 1024];
    while client.read(&mut buffer)? > 0 {}
    Ok(())
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, ScriptedStream, call, check, server};

    #[test]
    fn clients_come_and_go() -> Outcome {
        let server = server(serve)?;
        let mut ann = server.client("Ann")?;
        ann.expect("You are client 1, and 1 are here.\n")?;
        let mut ben = server.client("Ben")?;
        ben.expect("You are client 2, and 2 are here.\n")?;
        // Who speaks has not finished yet.
        ann.send_in_pieces(&[b"I have to go", b" in a moment"])?;
        let mut cid = server.client("Cid")?;
        cid.expect("You are client 3, and 3 are here.\n")?;
        ann.finish()?;
        ann.expect_end()?;
        let mut dot = server.client("Dot")?;
        dot.expect("You are client 4, and 3 are here.\n")?;
        ben.finish()?;
        ben.expect_end()?;
        cid.finish()?;
        cid.expect_end()?;
        server.client("Eve")?.expect("You are client 5, and 2 are here.\n")
    }

    /// The client is a stand-in, which notes each call and how many are here at that moment.
    #[test]
    fn counted_out_and_then_closed() -> Outcome {
        let here = Arc::new(AtomicUsize::new(2));
        let now = Arc::clone(&here);
        let client = ScriptedStream::with(&["?"])
            .remarking(move || format!("{} are here", now.load(Ordering::SeqCst)));
        let calls = client.calls();
        call("attend", move || attend(client, 7, &here))?;
        calls.are(
            r#"
            send "You are client 7, and 3 are here.\n" = 34   3 are here
            recv = 1 "?"   3 are here
            recv = 0   3 are here
            close   2 are here
            "#,
        )
    }

    /// The stand-in takes no byte.
    #[test]
    fn a_client_that_can_be_told_nothing_is_counted_out() -> Outcome {
        let here = Arc::new(AtomicUsize::new(2));
        let now = Arc::clone(&here);
        call("attend", move || attend(ScriptedStream::narrow(0), 7, &here))?;
        check(
            now.load(Ordering::SeqCst) == 2,
            "a client that could be told nothing was not counted out",
        )
    }

    #[test]
    fn a_client_that_breaks_off_is_counted_out() -> Outcome {
        let server = server(serve)?;
        let mut ann = server.client("Ann")?;
        ann.expect("You are client 1, and 1 are here.\n")?;
        ann.reset();
        server.has_not_panicked()?;
        let mut ben = server.client("Ben")?;
        ben.expect("You are client 2, and 1 are here.\n")
    }
}
