//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: a server that counts its guests: those that ever came, and those that are here.
//! Why: threads that share a number need more than a variable, and whoever counts people in has to count them out, on every
//! way out.
//!
//! To guest number 3, when one other is here, it says `You are guest 3, and 2 are here.` and a newline, as soon as it comes.
//! Then it waits until the guest finishes, counts it out, and closes, in this order.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Serves all guests at once, for ever.
fn serve(listener: TcpListener) -> io::Result<()> {
    // A number that threads share: each gets an `Arc::clone(&here)` of its own.
    let here = Arc::new(AtomicUsize::new(0));
    // This thread alone needs the number of those that ever came.
    for number in 1.. {
        let (guest, _address) = listener.accept()?;
        // In one step it adds 1, and gives what was there before. `fetch_sub` takes 1 away.
        let count = here.fetch_add(1, Ordering::Relaxed) + 1;
        // TODO: Talk with each guest on a thread of its own, and count it out however the talk ends.
        talk(&guest, number, count)?;
    }
    Ok(())
}

/// Tells the guest both numbers, and waits until it finishes.
fn talk(guest: &TcpStream, number: usize, here: usize) -> io::Result<()> {
    // TODO: All of it.
    todo!("say {number} and {here} on {guest:?}")
}

fn main() {
    grader::by_hand::server(serve);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Graded, server};

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
