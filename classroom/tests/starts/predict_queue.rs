//! 10 minutes · chapter 2 · predict
//!
//! Reach: say what a listening socket does for clients while the program does nothing at all.
//! Why: the kernel shakes hands, queues and takes bytes on its own. If you believe that `accept` makes the connection, you will
//! look for many faults in the wrong place.
//!
//! An error's kind is its message in one word: "Address already in use" is `AddrInUse`, "Address not available" `AddrNotAvailable`,
//! "Connection refused" `ConnectionRefused`, "Connection reset by peer" `ConnectionReset`.

use std::io::ErrorKind;

/// A server listens, but never calls `accept`. Does a client's `connect` succeed?
// TODO: Some(true) or Some(false)
const CONNECTS_BEFORE_ACCEPT: Option<bool> = None;

/// The client sends 5 bytes, still before `accept`. How many does its `send` say that were taken?
// TODO: Some(a number of bytes)
const TAKEN_BEFORE_ACCEPT: Option<usize> = None;

/// The client sends those bytes, closes, and is gone. Only then the server calls `accept`, and reads. How many bytes come?
// TODO: Some(a number of bytes)
const READ_AFTER_CLIENT_WENT: Option<usize> = None;

/// A socket is bound, but does not listen. What does `connect` to it give?
// TODO: Some(ErrorKind::…)
const CONNECT_TO_BOUND: Option<ErrorKind> = None;

/// A socket listens on a port. Another is bound to the same port. What does its `bind` give?
// TODO: Some(ErrorKind::…)
const BIND_TWICE: Option<ErrorKind> = None;

fn main() {
    println!(
        "{CONNECTS_BEFORE_ACCEPT:?} {TAKEN_BEFORE_ACCEPT:?} {READ_AFTER_CLIENT_WENT:?}"
    );
    println!("{CONNECT_TO_BOUND:?} {BIND_TWICE:?}");
}

