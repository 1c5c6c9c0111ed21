//! 15 minutes · chapter 5 · write it yourself
//!
//! Reach: a server that counts its clients: those that ever came, and those that are here.
//! Why: threads that share a number need more than a variable, and a server that counts its clients in has to count them out
//! again, however they leave.
//!
//! To client number 3, when one other is here, it says `You are client 3, and 2 are here.` and a newline, with one call, as soon as it comes.
//! Then it waits until the client finishes, counts it out, and closes, in this order: the client may be back, or another may come,
//! as soon as it sees the end.

use std::io::{Read, Write};
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
        // TODO: Attend to each client on a thread of its own.
        attend(client, number, &here);
    }
}

/// Counts the client in, talks with it, counts it out however the talk has ended, even if the client could be told nothing, and
/// closes the connection.
fn attend(client: impl Read + Write, number: usize, here: &AtomicUsize) {
    // In one step it adds 1, and gives what was there before. `fetch_sub` takes 1 away.
    let count = here.fetch_add(1, Ordering::SeqCst) + 1;
    // TODO: The rest.
    _ = client;
    todo!("say {number} and {count}")
}

fn main() {
    grader::by_hand::server(serve);
}

