//! The checks of chapter 6's line server, for a server in any language.

use crate::chapter_05::{self, Check, GOOD_BYE};
use crate::peer::Peer;
use crate::rude_clients::RudeTalk;
use crate::server::{Server, Talk};
use crate::story::Outcome;

/// What the server says to a client that has just come.
pub const WELCOME: &str = "Server: Welcome!\nServer: What's your name?\n";
/// What the server says to a line that is too long.
pub const TOO_LONG: &str = "Server: That name is too long.\n";
/// How many bytes a line may have, without its newline.
pub const MAX_LINE: usize = 1024;

const QUESTION: &str = "Server: What's your name?\n";

/// The reply to a name and the next question.
pub fn hello(name: impl AsRef<[u8]>) -> Vec<u8> {
    [b"Server: Hello ", name.as_ref(), b"!\n", QUESTION.as_bytes()].concat()
}

/// The names of the line server's checks, handed to the macro `$list` as `lines, LINES: NAME NAME …`. It is the one list: whatever
/// needs a line for each check is made from it.
#[macro_export]
macro_rules! line_server_checks {
    ($list:ident) => {
        $list! { lines, LINES:
            conversation line_ends spaces_in_names exit_in_names cut_anywhere any_bytes many_lines_at_once
            longest_line line_too_long endless_line unfinished_line vanishing_clients resetting_clients
            ten_at_once two_hundred_clients one_write_a_turn restart
        }
    };
}

macro_rules! line_server_list {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        /// The checks of a line server. Each may be run on one that is fresh, or all on the same: it has to go on serving.
        pub const $checks: &[Check<Server>] = &[$((stringify!($name), $name)),*];
    };
}
line_server_checks!(line_server_list);

/// A client that has been welcomed.
fn welcomed(server: &Server, client: &str) -> Outcome<Peer> {
    let mut client = server.client(client)?;
    client.expect(WELCOME)?;
    Ok(client)
}

/// Says a name, and is greeted.
fn says(client: &mut Peer, name: impl AsRef<[u8]>) -> Outcome {
    client.send(&[name.as_ref(), b"\n"].concat())?;
    client.expect(hello(name))
}

/// Says `exit`, and is let go.
fn leaves(client: &mut Peer) -> Outcome {
    client.send(b"exit\n")?;
    client.expect(GOOD_BYE)?;
    client.expect_end()
}

/// A conversation in which each of these is greeted as it is.
fn greets(names: &[impl AsRef<[u8]>]) -> Talk {
    let talk = names.iter().fold(Talk::opened_by(WELCOME), |talk, name| {
        talk.turn([name.as_ref(), b"\n"].concat(), hello(name))
    });
    talk.turn("exit\n", GOOD_BYE)
}

/// Plays it in every way in which a stream may deliver it.
fn plays_in_pieces(server: &Server, talk: &Talk) -> Outcome {
    let advice = "A whole line had come, and after it the beginning of another. It was answered when that had its newline, too.\n\
        Answer each line as soon as it is whole, and keep what comes after it.";
    let played = server.plays_in_pieces(talk);
    unless_a_newline_is_missed(
        server,
        played,
        "waits for the end of another line",
        advice,
    )
}

/// What it has come to; but if the server waited for the newline of a line that was not whole, this story.
fn unless_a_newline_is_missed(
    server: &Server,
    outcome: Outcome,
    did: &str,
    advice: &str,
) -> Outcome {
    outcome.map_err(|story| match story.common_fault() {
        Some(fault) if fault.contains("waits for a newline") => {
            server.student.brief(did, advice)
        }
        _ => story,
    })
}

/// The conversation as chapter 6 shows it.
pub fn conversation(server: &Server) -> Outcome {
    server.plays(&greets(&["Michael", "Tracy", "Sarah"]))
}

/// A carriage return before the newline belongs to the line's end, also where the stream is cut between them; to an empty line the
/// server only asks again.
pub fn line_ends(server: &Server) -> Outcome {
    let talk = Talk::opened_by(WELCOME)
        .turn("\n", QUESTION)
        .turn("Michael\r\n", hello("Michael"))
        .turn("\r\n", QUESTION)
        .turn("exit\r\n", GOOD_BYE);
    plays_in_pieces(server, &talk)
}

/// A name keeps the spaces around it.
pub fn spaces_in_names(server: &Server) -> Outcome {
    server.plays(&greets(&[" Mr Right ", "\tMichael", "Tracy ", " "]))
}

/// Only a line that is `exit` and nothing else is the end.
pub fn exit_in_names(server: &Server) -> Outcome {
    let names = ["exit stage left", "brexit", " exit", "exit ", "Exit"];
    server.plays(&greets(&names))
}

/// The same lines in every way in which a stream may deliver them: cut at each byte, byte by byte, glued together.
pub fn cut_anywhere(server: &Server) -> Outcome {
    plays_in_pieces(server, &greets(&["Michael", "Tracy"]))
}

/// A name is bytes, any but a newline: they come back as they are, also where a character is cut in two.
pub fn any_bytes(server: &Server) -> Outcome {
    server.plays(&greets(&[
        &b"\xff\xfe\x80"[..],
        b"a\x00b",
        b"\x00",
        b"a\rb",
        b"\x1a",
    ]))?;
    plays_in_pieces(server, &greets(&["李雷"]))
}

/// Many lines in one piece, which are more bytes than one line may have: each is answered.
pub fn many_lines_at_once(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = welcomed(server, "a hasty client")?;
        client.send(&b"Michael\n".repeat(500))?;
        client.expect(hello("Michael").repeat(500))?;
        leaves(&mut client)
    })
}

/// A line of 1,024 bytes is a name, wherever it is cut, and whatever comes with it.
pub fn longest_line(server: &Server) -> Outcome {
    let name = "x".repeat(MAX_LINE);
    let line = format!("{name}\n");
    for cut in [1, 1000, MAX_LINE - 1, MAX_LINE] {
        when_cut(server, cut);
        server.part(|server| {
            let mut client = welcomed(server, "a client with a long name")?;
            client.send_in_pieces(&[&line[..cut], &line[cut..]])?;
            client.expect(hello(&name))?;
            leaves(&mut client)
        })?;
    }
    server.student.log.circumstance(None);
    server.part(|server| {
        let mut client = welcomed(server, "a client with long names")?;
        client.send(format!("Michael\n{line}{line}").as_bytes())?;
        client.expect([hello("Michael"), hello(&name), hello(&name)].concat())?;
        leaves(&mut client)
    })
}

/// A line of 1,025 bytes is refused, wherever it is cut, with its newline and without. The lines before it are answered.
pub fn line_too_long(server: &Server) -> Outcome {
    let line = "x".repeat(MAX_LINE + 1);
    for cut in [0, 1, 1000, MAX_LINE] {
        for newline in ["", "\n"] {
            when_cut(server, cut);
            server.part(|server| {
                let mut client = welcomed(server, "a client with too long a name")?;
                let rest = format!("{}{newline}", &line[cut..]);
                match cut {
                    0 => client.send(rest.as_bytes())?,
                    _ => client.send_in_pieces(&[&line[..cut], &rest])?,
                }
                is_refused(server, client, b"")
            })?;
        }
    }
    server.student.log.circumstance(None);
    server.part(|server| {
        let mut client = welcomed(server, "a client with too long a second name")?;
        client.send(format!("Michael\n{line}\n").as_bytes())?;
        is_refused(server, client, &hello("Michael"))
    })
}

/// A line of megabytes is refused as soon as it is too long: nobody waits for its end.
pub fn endless_line(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = welcomed(server, "a client whose name has no end")?;
        client.send(&vec![b'x'; 4 << 20])?;
        if cfg!(windows) {
            return Ok(()); // there a reset destroys also what had come before it
        }
        is_refused(server, client, b"")
    })?;
    conversation(server)
}

/// What the story says of the line of 1,025 bytes, or of 1,024.
fn when_cut(server: &Server, cut: usize) {
    let circumstance = match cut {
        0 => String::from("when the line came in one piece"),
        1 => String::from("when the line was cut after its first byte"),
        cut => format!("when the line was cut after {cut} bytes"),
    };
    server.student.log.circumstance(Some(circumstance));
}

/// Waits for the answer to what came before, for the refusal, and for the close, which is a reset if there are unread bytes.
fn is_refused(server: &Server, mut client: Peer, before: &[u8]) -> Outcome {
    let advice = "Its newline had not come, and only when it came did the server go on. Nobody knows whether it ever comes, or how\n\
        much before it. Measure what has come of a line, whether it is whole or not: it may have 1,024 bytes, and not one more.";
    let refused = client.expect([before, TOO_LONG.as_bytes()].concat());
    unless_a_newline_is_missed(
        server,
        refused,
        "waited for more of a line that was too long",
        advice,
    )?;
    client.expect_closed()
}

/// A stream that ends within a line: that was no name, nor was it `exit`. One that ends after a line has just ended.
pub fn unfinished_line(server: &Server) -> Outcome {
    for last in ["", "Tra", "exit"] {
        server.part(|server| {
            let mut client = welcomed(server, "a client that finishes")?;
            says(&mut client, "Michael")?;
            client.send(last.as_bytes())?;
            client.finish()?;
            client.expect_end()
        })?;
    }
    server.part(|server| {
        let mut client = welcomed(server, "a client that says nothing")?;
        client.finish()?;
        client.expect_end()
    })
}

/// Clients that go away at every moment; after each, the server still serves.
pub fn vanishing_clients(server: &Server) -> Outcome {
    rude_clients(server, Peer::vanish)
}

/// Clients that break the connection; after each, the server still serves, and no thread of it has panicked.
pub fn resetting_clients(server: &Server) -> Outcome {
    rude_clients(server, Peer::reset)
}

/// Clients that leave like this, each at another moment.
fn rude_clients(server: &Server, leave: fn(Peer)) -> Outcome {
    let talk = RudeTalk {
        welcome: WELCOME,
        words: &["Mich", "Michael\n", "Michael\nTra"],
        says: |client| says(client, "Michael"),
        conversation,
    };
    talk.is_left(server, leave)
}

/// Ten clients that are all there before any of them speaks. Each has said half of its name before the first says the rest.
pub fn ten_at_once(server: &Server) -> Outcome {
    server.part(|server| {
        let mut clients = Vec::new();
        for number in 1..=10 {
            clients.push(welcomed(server, &format!("client {number}"))?);
        }
        for client in &mut clients {
            client.send(b"Client")?;
            client.until_at_rest();
        }
        for (client, number) in clients.iter_mut().zip(1..11_u8).rev() {
            client.send(format!("{number}\n").as_bytes())?;
        }
        for (client, number) in clients.iter_mut().zip(1..) {
            client.expect(hello(format!("Client{number}")))?;
        }
        clients.iter_mut().try_for_each(leaves)
    })
}

/// Two hundred clients that send a byte at a time, in turns.
pub fn two_hundred_clients(server: &Server) -> Outcome {
    let log = &server.student.log;
    server.part(|server| {
        let before = log.place();
        let mut clients = Vec::new();
        for number in 1..=200 {
            log.back_to(before);
            clients.push((welcomed(server, &format!("client {number}"))?, number));
        }
        log.back_to(before);
        log.add("200 clients were welcomed");
        let name = |number: i32| format!("Client{number:03}\n");
        let before = log.place();
        for place in 0..name(0).len() {
            for (client, number) in &mut clients {
                client.send(&name(*number).as_bytes()[place..=place])?;
                log.back_to(before);
            }
            clients.iter().take(1).for_each(|(client, _)| client.until_at_rest());
        }
        log.add("each sent a byte of its name, then each the next, to the newline");
        let before = log.place();
        for (mut client, number) in clients {
            client.expect(hello(name(number).trim_end()))?;
            log.back_to(before);
        }
        Ok(())
    })
}

/// All that is to be said to what has come goes out together.
pub fn one_write_a_turn(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = welcomed(server, "a client")?;
        client.expect_in_one_piece(b"Michael\n", &hello("Michael"))?;
        let both = ["Michael", "Tracy"].map(hello).concat();
        client.expect_in_one_piece(b"Michael\nTracy\n", &both)
    })
}

/// It closes a connection first, is ended, and is started again on the same port.
pub fn restart(server: &Server) -> Outcome {
    chapter_05::restarts(server, conversation)
}
