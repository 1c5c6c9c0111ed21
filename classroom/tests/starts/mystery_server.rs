//! 20 minutes · chapter 4 · write it yourself
//!
//! Reach: a client for a server that you are only told about.
//! Why: this is how it goes at work. Somebody gives you a page about a protocol; nobody gives you the other program.
//!
//! The page: "The server asks sums, one a line, as in `17 25`. The client answers each with the sum and a newline. After some
//! sums, nobody knows how many, the server says `bye` and a newline, and closes. Every line ends in `\n`. The server may send
//! a line in several pieces, or several lines at once."

use std::io;
use std::net::SocketAddr;

/// Answers all sums, and gives how many there were. Anything else is an error to return: a line that is not a sum of two `i64`, a
/// sum that does not fit into an `i64`, an end before `bye`.
fn answer_sums(address: SocketAddr) -> io::Result<usize> {
    // TODO: Connect (with `socket2`, or with `TcpStream` of `std::net`), read lines, answer, count.
    todo!("a client for the server at {address}")
}

fn main() {
    grader::by_hand::client(answer_sums);
}

