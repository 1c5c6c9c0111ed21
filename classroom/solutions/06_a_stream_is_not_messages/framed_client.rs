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

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

const QUESTION: u8 = 1;
const ANSWER: u8 = 2;
const END: u8 = 3;
const MAX_PAYLOAD: usize = 4096;

/// Answers each question, and gives how many there were.
fn answer_questions(server: SocketAddr) -> io::Result<usize> {
    let mut stream = TcpStream::connect(server)?;
    let mut count = 0;
    loop {
        // `read_exact` takes these three bytes, and not one of the payload. At an early end it fails with `UnexpectedEof`.
        let mut header = [0; 3];
        stream.read_exact(&mut header)?;
        let [kind, length @ ..] = header;
        let length = usize::from(u16::from_be_bytes(length));
        if length > MAX_PAYLOAD {
            let error = format!("a payload of {length} bytes");
            return Err(io::Error::new(ErrorKind::InvalidData, error));
        }
        // Of every type: what isn't read here would be taken for the next header.
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload)?;
        match kind {
            QUESTION => {
                header[0] = ANSWER; // the length is the same
                stream.write_all(&[&header[..], &payload].concat())?;
                count += 1;
            }
            END => return Ok(count),
            _ => {}
        }
    }
}

fn main() {
    grader::by_hand::client(answer_questions);
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Peer, check, client, visible};

    fn message(kind: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
        let payload = payload.as_ref();
        [&[kind][..], &(payload.len() as u16).to_be_bytes(), payload].concat()
    }

    /// Two questions, between them a message of a later version, and the end.
    fn stream() -> Vec<u8> {
        [message(1, "hi"), message(9, [1, 0, 0]), message(1, ""), message(3, "")].concat()
    }

    fn answers() -> Vec<u8> {
        [message(2, "hi"), message(2, "")].concat()
    }

    fn counted(returned: usize, questions: usize) -> Outcome {
        check(
            returned == questions,
            &format!(
                "your client returned {returned}, and there were {questions} questions"
            ),
        )
    }

    /// A client to which the server speaks like this, and which gives so many questions.
    fn answers_to(
        circumstance: &str,
        speak: impl FnOnce(&mut Peer) -> Outcome,
        questions: usize,
    ) -> Outcome {
        let client = client(answer_questions)?;
        client.circumstance(circumstance);
        let mut server = client.accept()?;
        speak(&mut server)?;
        server.finish()?;
        counted(client.returns()?, questions)
    }

    #[test]
    fn a_question_after_the_other() -> Outcome {
        let each = |server: &mut Peer| {
            for payload in
                [&b"Michael"[..], b"", b"\0\xff\n", &[1; 255], &[1; 256], &[3; 4096]]
            {
                server.send(&message(1, payload))?;
                server.expect_only(message(2, payload))?;
            }
            server.send(&message(3, ""))
        };
        answers_to("when it was asked one question after the other", each, 6)
    }

    #[test]
    fn cut_anywhere() -> Outcome {
        let stream = stream();
        for cut in 1..stream.len() {
            let circumstance =
                format!("when the messages were cut after `{}`", visible(&stream[..cut]));
            let in_two = |server: &mut Peer| {
                server.send_in_pieces(&[&stream[..cut], &stream[cut..]])?;
                server.expect_only(answers())
            };
            answers_to(&circumstance, in_two, 2)?;
        }
        Ok(())
    }

    #[test]
    fn byte_by_byte() -> Outcome {
        let bytes = stream();
        let one_by_one = |server: &mut Peer| {
            server.send_in_pieces(&bytes.chunks(1).collect::<Vec<_>>())?;
            server.expect_only(answers())
        };
        answers_to("when the messages came byte by byte", one_by_one, 2)
    }

    #[test]
    fn glued_together() -> Outcome {
        let at_once = |server: &mut Peer| {
            server.send(&stream())?;
            server.expect_only(answers())
        };
        answers_to("when all messages came at once", at_once, 2)
    }

    /// The payload of a type that is skipped may look like a message, and be long.
    #[test]
    fn types_that_mean_nothing_yet() -> Outcome {
        let strange = |server: &mut Peer| {
            for kind in [0, 2, 4, 255] {
                server.send(&message(kind, [3; 3000]))?;
            }
            server.send(&message(1, "hi"))?;
            server.expect_only(message(2, "hi"))?;
            server.send(&message(3, "bye"))
        };
        answers_to("when it got messages of other types", strange, 1)
    }

    #[test]
    fn an_answer_is_one_write() -> Outcome {
        let client = client(answer_questions)?;
        let mut server = client.accept()?;
        server.expect_in_one_piece(&message(1, "Michael"), &message(2, "Michael"))?;
        server.send(&message(3, ""))?;
        counted(client.returns()?, 20)
    }

    /// After the answer to a question comes this, and nothing more; perhaps the end of the stream.
    fn is_an_error(bytes: &[u8], ends: bool, kind: io::ErrorKind) -> Outcome {
        let client = client(|server| io::Result::Ok(answer_questions(server)))?;
        let mut server = client.accept()?;
        server.send(&message(1, "hi"))?;
        server.expect(message(2, "hi"))?;
        server.send(bytes)?;
        if ends {
            server.finish()?;
        }
        let given = match client.returns()? {
            Ok(count) => format!("{count}"),
            Err(error) if error.kind() == kind => return Ok(()),
            Err(error) => format!("the error {:?} ({error})", error.kind()),
        };
        let bytes = visible(bytes);
        check(
            false,
            &format!(
                "after `{bytes}`, your client returned {given}, and not the error {kind:?}"
            ),
        )
    }

    /// Nobody waits for the payload.
    #[test]
    fn a_payload_that_is_too_long() -> Outcome {
        for header in [[1, 0x10, 1], [7, 0xff, 0xff], [3, 0x20, 0]] {
            is_an_error(&header, false, io::ErrorKind::InvalidData)?;
        }
        Ok(())
    }

    #[test]
    fn an_early_end() -> Outcome {
        for bytes in [&b""[..], &[3], &[1, 0], &[1, 0, 5, b'h'], &[3, 0, 1]] {
            is_an_error(bytes, true, io::ErrorKind::UnexpectedEof)?;
        }
        Ok(())
    }
}
