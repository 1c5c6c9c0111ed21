//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: a server that counts its guests: those that ever came, and those that are here.
//! Why: threads that share a number need more than a variable, and whoever counts people in has to count them out, on every
//! way out.
//!
//! To guest number 3, when one other is here, it says `You are guest 3, and 2 are here.` and a newline, as soon as it comes.
//! Then it waits until the guest finishes, counts it out, and closes, in this order.

use std::io;
use std::net::TcpListener;

/// Serves all guests at once, for ever.
fn serve(listener: TcpListener) -> io::Result<()> {
    // TODO: A thread for each guest, and two counts that all threads share.
    todo!("a server that counts its guests, on {listener:?}")
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
