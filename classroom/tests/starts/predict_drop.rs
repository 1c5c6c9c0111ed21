//! 10 minutes · chapter 1 · predict
//!
//! Reach: say what happens to a connection when a socket is dropped, before you run it.
//! Why: when a client has left, nobody tells the server. The calls that it makes have to tell it, so it pays to know what they
//! return, and when.

/// Two sockets are connected with each other. One is dropped. The other calls `recv`, which returns how many bytes have come. What
/// does it return here?
// TODO: Some(a number of bytes)
const RECV_AFTER_DROP: Option<usize> = None;

/// Again two sockets. On one, the program calls `try_clone`, which gives it a second `Socket` for the same connection, with a
/// descriptor of its own. The original is dropped, the clone is kept. Is that the end of the connection for the other side?
// TODO: Some(true) or Some(false)
const END_WITH_CLONE: Option<bool> = None;

/// A fresh socket, never connected: does `send` on it succeed?
// TODO: Some(true) or Some(false)
const SEND_ON_FRESH: Option<bool> = None;

fn main() {
    println!("{RECV_AFTER_DROP:?} {END_WITH_CLONE:?} {SEND_ON_FRESH:?}");
}

