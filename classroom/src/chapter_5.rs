//! The checks of chapter 5's conversation, for a server or a client in any language.

use crate::client::Client;
use crate::server::Server;
use crate::story::{Graded, compared};
use crate::student::{limit, seconds};
use std::time::Instant;

/// What the server says to a guest who has just come.
pub const WELCOME: &str = "Server: Welcome!\nServer: What's your name?";
/// What the server says to a guest who leaves.
pub const GOOD_BYE: &str = "Server: Good bye!\n";
/// What the client prints in the end.
pub const TRANSCRIPT: &str = "Server: Welcome!
Server: What's your name?
Server: Hello Michael!
Server: What's your name?
Server: Hello Tracy!
Server: What's your name?
Server: Hello Sarah!
Server: What's your name?
Server: Good bye!
";

/// The reply to a name and the next question.
pub fn hello(name: impl AsRef<[u8]>) -> Vec<u8> {
    [b"Server: Hello ", name.as_ref(), b"!\nServer: What's your name?"].concat()
}

/// A check and its name.
pub type Check<T> = (&'static str, fn(&T) -> Graded);

/// The checks of a server. Each may be run on one that is fresh, or all on the same: it has to go on serving.
pub const SERVER: &[Check<Server>] = &[
    ("conversation", conversation),
    ("newline_before_exit", newline_before_exit),
    ("end_of_stream", end_of_stream),
    ("vanishing_guests", vanishing_guests),
    ("resetting_guests", resetting_guests),
    ("glued_names", glued_names),
    ("bytes_that_are_no_text", bytes_that_are_no_text),
    ("ten_at_once", ten_at_once),
    ("one_write_a_turn", one_write_a_turn),
    ("round_trips", |server| round_trips(server, 300, 2)),
];

/// The conversation as chapter 5 shows it.
pub fn conversation(server: &Server) -> Graded {
    server.part(|server| {
        let mut guest = server.guest("a guest")?;
        guest.expect(WELCOME)?;
        for name in ["Michael", "Tracy", "Sarah"] {
            guest.send(name.as_bytes())?;
            guest.expect(hello(name))?;
        }
        guest.send(b"exit")?;
        guest.expect(GOOD_BYE)?;
        guest.expect_end()
    })
}

/// A person's lines end in `\n`, or in `\r\n`; to an empty one the server only asks again.
pub fn newline_before_exit(server: &Server) -> Graded {
    for end in ["\n", "\r\n"] {
        server.part(|server| {
            let mut guest = server.guest("a guest at a terminal")?;
            guest.expect(WELCOME)?;
            guest.send(format!("Michael{end}").as_bytes())?;
            guest.expect(hello("Michael"))?;
            guest.send(end.as_bytes())?;
            guest.expect("Server: What's your name?")?;
            guest.send(format!("exit{end}").as_bytes())?;
            guest.expect(GOOD_BYE)?;
            guest.expect_end()
        })?;
    }
    Ok(())
}

/// A guest who finishes sending without `exit` is let go.
pub fn end_of_stream(server: &Server) -> Graded {
    server.part(|server| {
        let mut guest = server.guest("a guest")?;
        guest.expect(WELCOME)?;
        guest.send(b"Michael")?;
        guest.expect(hello("Michael"))?;
        guest.finish()?;
        guest.expect_end()
    })
}

/// Guests who go away at every moment; after each, the server still serves.
pub fn vanishing_guests(server: &Server) -> Graded {
    server.part(|server| {
        server.guest("the first guest")?.vanish();
        still_serves(server)?;
        let mut guest = server.guest("the second guest")?;
        guest.expect(WELCOME)?;
        guest.vanish();
        still_serves(server)?;
        let mut guest = server.guest("the third guest")?;
        guest.expect(WELCOME)?;
        guest.send(b"Michael")?;
        guest.vanish();
        still_serves(server)?;
        let mut guest = server.guest("the fourth guest")?;
        guest.expect(WELCOME)?;
        guest.send(b"Michael")?;
        guest.expect(hello("Michael"))?;
        guest.vanish();
        still_serves(server)
    })
}

/// Guests who break the connection; after each, the server still serves, and no thread of it has panicked.
pub fn resetting_guests(server: &Server) -> Graded {
    server.part(|server| {
        server.guest("the first guest")?.reset();
        still_serves(server)?;
        let mut guest = server.guest("the second guest")?;
        guest.expect(WELCOME)?;
        guest.reset();
        still_serves(server)?;
        let mut guest = server.guest("the third guest")?;
        guest.expect(WELCOME)?;
        guest.send(b"Michael")?;
        guest.reset();
        still_serves(server)
    })
}

/// After a guest who was rude.
fn still_serves(server: &Server) -> Graded {
    server.has_not_panicked()?;
    conversation(server)
}

/// Several lines in one segment are taken one by one.
pub fn glued_names(server: &Server) -> Graded {
    server.part(|server| {
        let mut guest = server.guest("a hasty guest")?;
        guest.expect(WELCOME)?;
        guest.send(b"Michael\nTracy\nSarah\nexit\n")?;
        let answers = ["Michael", "Tracy", "Sarah"].map(hello).concat();
        guest.expect([&answers, GOOD_BYE.as_bytes()].concat())?;
        guest.expect_end()
    })
}

/// A name is bytes: whatever they are, they come back.
pub fn bytes_that_are_no_text(server: &Server) -> Graded {
    server.part(|server| {
        let mut guest = server.guest("a guest")?;
        guest.expect(WELCOME)?;
        for name in ["李雷".as_bytes(), b"\xff\xfe\x80", b"a\x00b"] {
            guest.send(name)?;
            guest.expect(hello(name))?;
        }
        guest.send(b"exit")?;
        guest.expect(GOOD_BYE)?;
        guest.expect_end()
    })
}

/// Ten guests who are all there before any of them speaks.
pub fn ten_at_once(server: &Server) -> Graded {
    server.part(|server| {
        let mut guests = Vec::new();
        for number in 1..=10 {
            let mut guest = server.guest(&format!("guest {number}"))?;
            guest.expect(WELCOME)?;
            guests.push(guest);
        }
        for (guest, number) in guests.iter_mut().zip(1..) {
            guest.send(format!("Guest{number}").as_bytes())?;
        }
        for (guest, number) in guests.iter_mut().zip(1..) {
            guest.expect(hello(format!("Guest{number}")))?;
        }
        for guest in &mut guests {
            guest.send(b"exit")?;
            guest.expect(GOOD_BYE)?;
            guest.expect_end()?;
        }
        Ok(())
    })
}

/// A reply and the next question go out together.
pub fn one_write_a_turn(server: &Server) -> Graded {
    server.part(|server| {
        let mut guest = server.guest("a guest")?;
        guest.expect(WELCOME)?;
        for _ in 0..20 {
            server.part(|_| {
                guest.send(b"Michael")?;
                let (whole, first) =
                    (hello("Michael"), guest.one_read().unwrap_or_default());
                if first == whole {
                    return Ok(());
                }
                if whole.starts_with(&first) && !first.is_empty() {
                    let mut ending =
                        compared(&whole, &first, "this much came first, the rest later");
                    ending.push_str("\n\n");
                    ending.push_str(STALL);
                    return Err(guest.said("sent a turn in two pieces", &ending));
                }
                let ending = compared(&whole, &first, "here they part");
                Err(guest.said("said something else", &ending))
            })?;
        }
        Ok(())
    })
}

const STALL: &str = "Two small writes and then a read is the slow pattern: the kernel holds the second write until \
    the first\nis acknowledged, and the other side is in no hurry to. Send both with one call.";

/// So many round trips, each name sent when the question has come, within `limits` time limits.
pub fn round_trips(server: &Server, count: u32, limits: u32) -> Graded {
    server.part(|server| {
        let mut guest = server.guest("a guest")?;
        guest.expect(WELCOME)?;
        let start = Instant::now();
        for _ in 0..count {
            server.part(|_| {
                guest.send(b"Michael")?;
                guest.expect(hello("Michael"))
            })?;
            if start.elapsed() > limit() * limits {
                let advice = format!(
                    "{count} names, each sent as soon as the question had come, should take milliseconds.\n{STALL}"
                );
                let late = seconds(limit() * limits);
                server.log("the guest sent \"Michael\" and received the answer, again and again");
                return Err(server.brief(&format!("is slow: not done after {late}"), &advice));
            }
        }
        guest.send(b"exit")?;
        guest.expect(GOOD_BYE)?;
        guest.expect_end()
    })
}

/// The checks of a client that says Michael, Tracy, Sarah and `exit`, and prints what it is told. Each gets a fresh one.
pub const CLIENT: &[Check<Client<Vec<u8>>>] = &[
    ("transcript", |client| talk(client, Pieces::Whole)),
    ("before_the_question", |client| talk(client, Pieces::At(17))),
    ("within_the_question", |client| talk(client, Pieces::At(30))),
    ("byte_by_byte", |client| talk(client, Pieces::One)),
    ("early_end", early_end),
];

/// How the server's words are delivered.
#[derive(Clone, Copy)]
pub enum Pieces {
    /// Each turn at once.
    Whole,
    /// Each turn cut after so many bytes.
    At(usize),
    /// Byte by byte.
    One,
}

/// The whole conversation with a client; it must speak only when asked.
pub fn talk<T: AsRef<[u8]>>(client: &Client<T>, pieces: Pieces) -> Graded {
    match pieces {
        Pieces::Whole => {}
        Pieces::At(cut) => client.circumstance(&format!(
            "when the server's words came in two pieces, the first of {cut} byte{}",
            if cut == 1 { "" } else { "s" }
        )),
        Pieces::One => client.circumstance("when the server's words came byte by byte"),
    }
    let mut server = client.accept()?;
    let turns = [
        (WELCOME.as_bytes().to_vec(), "Michael"),
        (hello("Michael"), "Tracy"),
        (hello("Tracy"), "Sarah"),
        (hello("Sarah"), "exit"),
    ];
    for (words, answer) in turns {
        match pieces {
            Pieces::Whole => server.send(&words)?,
            Pieces::At(cut) => server.ask_in_pieces(&[&words[..cut], &words[cut..]])?,
            Pieces::One => server.ask_in_pieces(&words.chunks(1).collect::<Vec<_>>())?,
        }
        server.expect_only(answer)?;
    }
    server.send(GOOD_BYE.as_bytes())?;
    server.finish()?;
    server.expect_end()?;
    client.returns_text(TRANSCRIPT)
}

/// A server that goes away in the middle: the client must not wait for ever, nor panic.
pub fn early_end<T: AsRef<[u8]>>(client: &Client<T>) -> Graded {
    let mut server = client.accept()?;
    server.send(WELCOME.as_bytes())?;
    server.expect_only("Michael")?;
    server.finish()?;
    client.ends()
}
