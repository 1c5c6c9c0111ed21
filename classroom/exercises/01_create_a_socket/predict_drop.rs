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

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, connected_pair, predicted};
    use socket2::{Domain, Socket, Type};
    use std::io::{self, Read};
    use std::time::Duration;

    #[test]
    fn recv_after_drop() -> Outcome {
        let run = || -> io::Result<usize> {
            let (one, mut other) = connected_pair::<Socket>()?;
            drop(one);
            other.read(&mut [0; 1024])
        };
        predicted("RECV_AFTER_DROP", RECV_AFTER_DROP, run().expect("it runs"))
    }

    #[test]
    fn end_with_clone() -> Outcome {
        let run = || -> io::Result<bool> {
            let (one, mut other) = connected_pair::<Socket>()?;
            let _clone = one.try_clone()?;
            drop(one);
            other.set_read_timeout(Some(Duration::from_millis(50)))?;
            Ok(other.read(&mut [0; 1024]).is_ok_and(|count| count == 0))
        };
        predicted("END_WITH_CLONE", END_WITH_CLONE, run().expect("it runs"))
    }

    #[test]
    fn send_on_fresh() -> Outcome {
        let run = || -> io::Result<bool> {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            Ok(socket.send(b"hello").is_ok())
        };
        predicted("SEND_ON_FRESH", SEND_ON_FRESH, run().expect("it runs"))
    }
}
