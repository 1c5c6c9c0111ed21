//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: the client of chapter 5, whole: it gives three names and `exit`, each when it has been asked, and prints what it is told.
//! Why: this is where everything comes together: connect, the loop of `recv`, the end of a turn, which isn't the end of a `recv`, and a
//! server that may leave at any time.
//!
//! It prints what the server says, byte for byte, and a newline after each question, since the server sends none there.

use std::io::{self, Write};
use std::net::SocketAddr;

/// Talks with the server at `address`: Michael, Tracy, Sarah, `exit`. Prints to `out`.
/// It returns when the server has closed; if that is early, it returns then, with `Ok` or an error, as you like.
fn talk(address: SocketAddr, out: &mut impl Write) -> io::Result<()> {
    // TODO: All of it. `Server: What's your name?` is the question; the names are sent without a newline.
    writeln!(out, "I should talk with {address}")
}

fn main() {
    grader::by_hand::client(|address| talk(address, &mut io::stdout()));
}

