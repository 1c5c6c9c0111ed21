//! 15 minutes · chapter 3 · write it yourself
//!
//! Reach: an echo server: it gives back every byte, to one client after another, until that client has finished sending.
//! Why: it is the smallest server that is right whatever way the bytes come in: whole, cut, one by one, glued together. The
//! grader tries them all.

use socket2::Socket;
#[allow(unused_imports)] // until you use them
use std::io::{self, Read, Write};

/// Serves without end. A client that breaks off is no reason to stop, not even while the server sends to it, and neither is an
/// `accept` that fails.
fn serve(listener: Socket) -> io::Result<()> {
    // TODO: accept in a loop; for each client read in a loop, and send back what came, until nothing comes.
    todo!("an echo server on {listener:?}")
}

fn main() {
    grader::by_hand::server(serve);
}

