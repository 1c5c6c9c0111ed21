//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: a server that counts its guests: those that ever came, and those that are here.
//! Why: threads that share a number need more than a variable, and whoever counts people in has to count them out, on every
//! way out.
//!
//! To guest number 3, when one other is here, it says `You are guest 3, and 2 are here.` and a newline, as soon as it comes.
//! Then it waits until the guest finishes, counts it out, and closes, in this order.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Serves all guests at once, for ever.
fn serve(listener: TcpListener) -> io::Result<()> {
    let here = Arc::new(AtomicUsize::new(0));
    // Only this thread needs the number of those that ever came.
    for number in 1.. {
        let (guest, _address) = listener.accept()?;
        let here = Arc::clone(&here);
        let count_and_talk = move || {
            // Counting and looking are one step: between two, another guest might come.
            let count = here.fetch_add(1, Ordering::Relaxed) + 1;
            if let Err(error) = talk(&guest, number, count) {
                eprintln!("error: talking with guest {number}: {error}");
            }
            // Also after an error; and before the connection is closed, which is when `guest` is dropped.
            here.fetch_sub(1, Ordering::Relaxed);
        };
        if let Err(error) = thread::Builder::new().spawn(count_and_talk) {
            eprintln!("error: no thread for guest {number}: {error}");
        }
    }
    Ok(())
}

fn talk(mut guest: &TcpStream, number: usize, here: usize) -> io::Result<()> {
    guest.write_all(
        format!("You are guest {number}, and {here} are here.\n").as_bytes(),
    )?;
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
    use grader::{Graded, server};

    #[test]
    fn guests_come_and_go() -> Graded {
        let server = server(serve)?;
        let mut ann = server.guest("Ann")?;
        ann.expect("You are guest 1, and 1 are here.\n")?;
        let mut ben = server.guest("Ben")?;
        ben.expect("You are guest 2, and 2 are here.\n")?;
        ann.send(b"I have to go")?;
        ann.finish()?;
        ann.expect_end()?;
        let mut cid = server.guest("Cid")?;
        cid.expect("You are guest 3, and 2 are here.\n")?;
        ben.finish()?;
        ben.expect_end()?;
        cid.finish()?;
        cid.expect_end()?;
        server.guest("Dot")?.expect("You are guest 4, and 1 are here.\n")
    }

    #[test]
    fn a_guest_who_breaks_off_is_counted_out() -> Graded {
        let server = server(serve)?;
        let mut ann = server.guest("Ann")?;
        ann.expect("You are guest 1, and 1 are here.\n")?;
        ann.reset();
        let mut ben = server.guest("Ben")?;
        ben.expect("You are guest 2, and 1 are here.\n")
    }
}
