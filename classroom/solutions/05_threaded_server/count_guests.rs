//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: a server that counts its guests: those that ever came, and those that are here.
//! Why: threads that share a number need more than a variable, and a server that counts its guests in has to count them out
//! again, however they leave.
//!
//! To guest number 3, when one other is here, it says `You are guest 3, and 2 are here.` and a newline, as soon as it comes.
//! Then it waits until the guest finishes, counts it out, and closes, in this order: the guest may be back, or another may come,
//! as soon as it sees the end.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Serves all guests at once, without end.
fn serve(listener: TcpListener) {
    // A number that threads share: each gets an `Arc::clone(&here)` of its own.
    let here = Arc::new(AtomicUsize::new(0));
    // This thread alone needs the number of those that ever came.
    for number in 1.. {
        let (guest, _address) = match listener.accept() {
            Ok(accepted) => accepted,
            Err(error) => {
                eprintln!("error: can't accept: {error}");
                // Perhaps too many files are open. Without a pause, the loop would be busy failing.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        let here = Arc::clone(&here);
        let attend = move || attend(guest, number, &here);
        if let Err(error) = thread::Builder::new().spawn(attend) {
            eprintln!("error: no thread for guest {number}: {error}");
        }
    }
}

/// Counts the guest in, talks with it, counts it out however the talk has ended, and closes the connection.
fn attend(mut guest: impl Read + Write, number: usize, here: &AtomicUsize) {
    // Counting and looking are one step: between two, another thread might count.
    let count = here.fetch_add(1, Ordering::SeqCst) + 1;
    if let Err(error) = talk(&mut guest, number, count) {
        eprintln!("error: talking with guest {number}: {error}");
    }
    // Also after an error; and before the connection is closed, which is when `guest` is dropped: at the end of this function.
    here.fetch_sub(1, Ordering::SeqCst);
}

/// Tells the guest both numbers, and waits until it finishes.
fn talk(guest: &mut (impl Read + Write), number: usize, here: usize) -> io::Result<()> {
    let numbers = format!("You are guest {number}, and {here} are here.\n");
    guest.write_all(numbers.as_bytes())?;
    let mut buffer = [0; 1024];
    while guest.read(&mut buffer)? > 0 {}
    Ok(())
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Graded, Paper, call, server};

    #[test]
    fn guests_come_and_go() -> Graded {
        let server = server(serve)?;
        let mut ann = server.guest("Ann")?;
        ann.expect("You are guest 1, and 1 are here.\n")?;
        let mut ben = server.guest("Ben")?;
        ben.expect("You are guest 2, and 2 are here.\n")?;
        // Who speaks has not finished yet.
        ann.send_in_pieces(&[b"I have to go", b" in a moment"])?;
        let mut cid = server.guest("Cid")?;
        cid.expect("You are guest 3, and 3 are here.\n")?;
        ann.finish()?;
        ann.expect_end()?;
        let mut dot = server.guest("Dot")?;
        dot.expect("You are guest 4, and 3 are here.\n")?;
        ben.finish()?;
        ben.expect_end()?;
        cid.finish()?;
        cid.expect_end()?;
        server.guest("Eve")?.expect("You are guest 5, and 2 are here.\n")
    }

    /// The guest is a stand-in, which notes each call and how many are here at that moment.
    #[test]
    fn counted_out_and_then_closed() -> Graded {
        let here = Arc::new(AtomicUsize::new(2));
        let now = Arc::clone(&here);
        let guest = Paper::with(&["?"])
            .remarking(move || format!("{} are here", now.load(Ordering::SeqCst)));
        let calls = guest.calls();
        call("attend", move || attend(guest, 7, &here))?;
        calls.are(
            r#"
            send "You are guest 7, and 3 are here.\n" = 33   3 are here
            recv = 1 "?"   3 are here
            recv = 0   3 are here
            close   2 are here
            "#,
        )
    }

    #[test]
    fn a_guest_who_breaks_off_is_counted_out() -> Graded {
        let server = server(serve)?;
        let mut ann = server.guest("Ann")?;
        ann.expect("You are guest 1, and 1 are here.\n")?;
        ann.reset();
        let mut ben = server.guest("Ben")?;
        ben.expect("You are guest 2, and 1 are here.\n")?;
        server.has_not_panicked()
    }
}
