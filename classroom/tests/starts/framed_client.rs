//! 15 minutes · chapter 6 · write it yourself
//!
//! Reach: a client for a server of which you have only its notes on the wire format.
//! Why: most protocols that aren't text look like this one. Whether you read the notes exactly, the bytes decide.
//!
//! The notes: "A message is a type (1 byte), the length of its payload (2 bytes, network byte order), and the payload. A payload
//! has at most 4,096 bytes. Type 1 is a question: the client answers with a message of type 2 and the same payload. Type 3 is the
//! end; its payload, if any, means nothing. A client skips messages of other types: later versions of the server may send them."
//!
//! An answer leaves in one write. A length of more than 4,096 is an error of the kind `InvalidData`, as soon as it has come. A stream
//! that ends before the message of type 3 is whole is an error of the kind `UnexpectedEof`.

use std::io;
use std::net::{SocketAddr, TcpStream};

/// Answers each question, and gives how many there were.
fn answer_questions(server: SocketAddr) -> io::Result<usize> {
    // TODO: Read a message after the other: first its three bytes, then its payload.
    let stream = TcpStream::connect(server)?;
    todo!("answer what {:?} sends", stream.peer_addr())
}

fn main() {
    grader::by_hand::client(answer_questions);
}

