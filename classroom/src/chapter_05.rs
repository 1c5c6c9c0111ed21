//! The checks of chapter 5's conversation, for a server or a client in any language.

use crate::client::Client;
use crate::faults::{self, Fault};
use crate::limit::{limit, seconds};
use crate::peer::Peer;
use crate::rude_clients::RudeTalk;
use crate::server::Server;
use crate::story::{Outcome, visible};
use std::time::Instant;

/// What the server says to a client that has just come.
pub const WELCOME: &str = "Server: Welcome!\nServer: What's your name?";
/// What the server says to a client that leaves.
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
pub type Check<T> = (&'static str, fn(&T) -> Outcome);

/// The names of the server's checks, handed to the macro `$list` as `server, SERVER: NAME NAME …`. It is the one list: whatever
/// needs a line for each check is made from it. The first story should be about the first thing to mend, so what a server needs
/// most is checked first.
#[macro_export]
macro_rules! server_checks {
    ($list:ident) => {
        $list! { server, SERVER:
            conversation end_of_stream ten_at_once round_trips vanishing_clients resetting_clients newline_before_exit
            spaces_in_names exit_in_names bytes_that_are_no_text glued_names cut_anywhere one_write_a_turn restart
        }
    };
}

/// The names of the client's checks, like [`server_checks`].
#[macro_export]
macro_rules! client_checks {
    ($list:ident) => {
        $list! { client, CLIENT:
            transcript byte_by_byte before_the_question within_the_question other_questions held_back early_end
            within_a_character
        }
    };
}

macro_rules! server_list {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        /// The checks of a server. Each may be run on one that is fresh, or all on the same: it has to go on serving.
        pub const $checks: &[Check<Server>] = &[$((stringify!($name), $name)),*];
    };
}
server_checks!(server_list);

macro_rules! client_list {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        /// The checks of a client that says Michael, Tracy, Sarah and `exit`, and prints what it is told. Each gets a fresh one.
        pub const $checks: &[Check<Client<Vec<u8>>>] = &[$((stringify!($name), $name)),*];
    };
}
client_checks!(client_list);

/// A client that has been welcomed.
fn welcomed(server: &Server, client: &str) -> Outcome<Peer> {
    let mut client = server.client(client)?;
    client.expect(WELCOME)?;
    Ok(client)
}

/// Says a name, and is greeted.
fn says(client: &mut Peer, name: impl AsRef<[u8]>) -> Outcome {
    client.send(name.as_ref())?;
    client.expect(hello(name))
}

/// Says `exit`, with what ends a line, and is let go.
fn leaves(client: &mut Peer, end: &str) -> Outcome {
    client.send(format!("exit{end}").as_bytes())?;
    client.expect(GOOD_BYE)?;
    client.expect_end()
}

/// The conversation as chapter 5 shows it.
pub fn conversation(server: &Server) -> Outcome {
    are_names(server, "a client", &["Michael", "Tracy", "Sarah"])
}

/// A person's lines end in `\n`, or in `\r\n`; to an empty one the server only asks again.
pub fn newline_before_exit(server: &Server) -> Outcome {
    for end in ["\n", "\r\n"] {
        server.part(|server| {
            let mut client = welcomed(server, "a client at a terminal")?;
            for name in ["Michael", "Tracy"] {
                client.send(format!("{name}{end}").as_bytes())?;
                client.expect(hello(name))?;
            }
            client.send(end.as_bytes())?;
            client.expect("Server: What's your name?")?;
            leaves(&mut client, end)
        })?;
    }
    Ok(())
}

/// A name keeps the spaces around it.
pub fn spaces_in_names(server: &Server) -> Outcome {
    are_names(server, "a client with spaces", &[" Mr Right ", "\tMichael", "Tracy "])
}

/// Only a line that is `exit` and nothing else is the end.
pub fn exit_in_names(server: &Server) -> Outcome {
    let names = ["exit stage left", "brexit", " exit", "exit ", "Exit"];
    are_names(server, "a client with `exit` in its name", &names)
}

/// Each of these is greeted as it is.
fn are_names(server: &Server, client: &str, names: &[impl AsRef<[u8]>]) -> Outcome {
    server.part(|server| {
        let mut client = welcomed(server, client)?;
        for name in names {
            says(&mut client, name)?;
        }
        leaves(&mut client, "")
    })
}

/// A client that finishes sending without `exit` is let go.
pub fn end_of_stream(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = welcomed(server, "a client")?;
        says(&mut client, "Michael")?;
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
        words: &["Michael"],
        says: |client| says(client, "Michael"),
        conversation,
    };
    talk.is_left(server, leave)
}

/// Several lines in one segment are taken one by one.
pub fn glued_names(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = welcomed(server, "a hasty client")?;
        client.send(b"Michael\nTracy\nSarah\nexit\n")?;
        let answers = ["Michael", "Tracy", "Sarah"].map(hello).concat();
        client.expect([&answers, GOOD_BYE.as_bytes()].concat())?;
        client.expect_end()
    })
}

/// Lines that are cut at any byte: what comes is answered as it is, also a name without its end, and the rest of a name that the
/// piece before began.
pub fn cut_anywhere(server: &Server) -> Outcome {
    let lines: &[u8] = b"Michael\nMr Right\n\nexit\n";
    for cut in 1..lines.len() {
        let (first, rest) = lines.split_at(cut);
        let cut = format!("when the bytes were cut after `{}`", visible(first));
        server.student.log.circumstance(Some(cut));
        server.part(|server| {
            let mut client = welcomed(server, "a client")?;
            for piece in [first, rest] {
                client.send(piece)?;
                let (answer, is_let_go) = answer(piece);
                client.expect(answer)?;
                if is_let_go {
                    return client.expect_end();
                }
            }
            client.finish()?;
            client.expect_end()
        })?;
    }
    server.student.log.circumstance(None);
    Ok(())
}

/// What is to be said to a piece that comes by itself, and whether that is the end.
fn answer(piece: &[u8]) -> (Vec<u8>, bool) {
    let mut answer = Vec::new();
    for line in piece.split_inclusive(|&byte| byte == b'\n') {
        match line.strip_suffix(b"\n").unwrap_or(line) {
            b"exit" => {
                answer.extend_from_slice(GOOD_BYE.as_bytes());
                return (answer, true);
            }
            b"" => answer.extend_from_slice(b"Server: What's your name?"),
            name => answer.extend(hello(name)),
        }
    }
    (answer, false)
}

/// A name is bytes: whatever they are, they come back.
pub fn bytes_that_are_no_text(server: &Server) -> Outcome {
    let names =
        [&b"Michael"[..], b"Tracy", "李雷".as_bytes(), b"\xff\xfe\x80", b"a\x00b"];
    are_names(server, "a client", &names)
}

/// Ten clients that are all there before any of them speaks.
pub fn ten_at_once(server: &Server) -> Outcome {
    server.part(|server| {
        let mut clients = Vec::new();
        for number in 1..=10 {
            let mut client = server.client(&format!("client {number}"))?;
            if let Err(story) = client.expect(WELCOME) {
                return Err(story.common(of_waiting(client, clients)));
            }
            clients.push(client);
        }
        for (client, number) in clients.iter_mut().zip(1..) {
            client.send(format!("Client{number}").as_bytes())?;
        }
        for (client, number) in clients.iter_mut().zip(1..) {
            client.expect(hello(format!("Client{number}")))?;
        }
        for client in &mut clients {
            leaves(client, "")?;
        }
        Ok(())
    })
}

/// The fault of a server that does not welcome a client while others are there: if it does as soon as they have left.
fn of_waiting(mut client: Peer, others: Vec<Peer>) -> Option<Fault> {
    let fault = match others.len() {
        0 => return None,
        1 => faults::ONE_AT_A_TIME,
        _ => faults::FEW_AT_A_TIME,
    };
    for mut other in others {
        // A server may know no other end, and may not outlive any. It may wait for a line's end.
        _ = other.send(b"exit");
        if !other.hears(GOOD_BYE.as_bytes()) {
            _ = other.send(b"\n");
            _ = other.hears(GOOD_BYE.as_bytes());
        }
        other.vanish();
    }
    client.hears(WELCOME.as_bytes()).then_some(fault)
}

/// All that is to be said to what has come goes out together.
pub fn one_write_a_turn(server: &Server) -> Outcome {
    server.part(|server| {
        let mut client = welcomed(server, "a client")?;
        client.expect_in_one_piece(b"Michael", &hello("Michael"))?;
        let both = ["Michael", "Tracy"].map(hello).concat();
        client.expect_in_one_piece(b"Michael\nTracy\n", &both)
    })
}

/// A hundred names, each sent when the question has come, within the time limit.
pub fn round_trips(server: &Server) -> Outcome {
    const COUNT: u32 = 100;
    server.part(|server| {
        let mut client = welcomed(server, "a client")?;
        let start = Instant::now();
        for _ in 0..COUNT {
            server.part(|_| says(&mut client, "Michael"))?;
            if start.elapsed() > limit() {
                server.student.log.add("the client sent \"Michael\" and received the answer, again and again");
                // The usual reasons: it sleeps, or makes two writes, of which each turn comes in two pieces.
                if (0..3).all(|_| client.finds_it_asleep(b"Michael", &hello("Michael"))) {
                    return Err(server.student.brief("", "").common(Some(faults::SLEEPS)));
                }
                client.expect_in_one_piece(b"Michael", &hello("Michael"))?;
                let advice = format!(
                    "{COUNT} names, each sent as soon as the question had come, should take milliseconds."
                );
                let late = seconds(limit());
                return Err(server.student.brief(&format!("is slow: not done after {late}"), &advice));
            }
        }
        leaves(&mut client, "")
    })
}

/// It closes a connection first, is ended, and is started again on the same port. A server that is a function has no say in
/// that: its listener is the grader's. Nor is it a question on Windows, where TIME-WAIT is in nobody's way.
pub fn restart(server: &Server) -> Outcome {
    restarts(server, conversation)
}

/// The same with a conversation of another contract.
pub(crate) fn restarts(server: &Server, conversation: fn(&Server) -> Outcome) -> Outcome {
    if cfg!(windows) {
        println!("skipped: on Windows a port in TIME-WAIT can be listened on as it is");
        return Ok(());
    }
    let Some(fresh) = server.another()? else { return Ok(()) };
    conversation(&fresh)?;
    conversation(&fresh.again(faults::NO_REUSE)?)
}

/// The conversation as chapter 5 shows it, as the client has it.
pub fn transcript(client: &Client<Vec<u8>>) -> Outcome {
    talk(client, Pieces::Whole)
}

/// The question comes after the rest of the turn.
pub fn before_the_question(client: &Client<Vec<u8>>) -> Outcome {
    talk(client, Pieces::At("Server: Welcome!\n".len()))
}

/// The question comes in two pieces.
pub fn within_the_question(client: &Client<Vec<u8>>) -> Outcome {
    talk(client, Pieces::At(30))
}

/// Every byte comes by itself.
pub fn byte_by_byte(client: &Client<Vec<u8>>) -> Outcome {
    talk(client, Pieces::One)
}

/// The last byte of a question comes after a silence that is longer than any pause of a client that trusts the clock.
pub fn held_back(client: &Client<Vec<u8>>) -> Outcome {
    client.circumstance("when the end of the question was held back");
    let mut server = client.accept()?;
    server.ask_held_back(WELCOME.as_bytes())?;
    server.expect_only("Michael")?;
    server.ask_held_back(&hello("Michael"))?;
    server.expect_only("Tracy")?;
    server.finish()?;
    server.expect_end()?;
    client.ends()
}

/// Other questions are not the question: the client answers that one alone.
pub fn other_questions(client: &Client<Vec<u8>>) -> Outcome {
    let mut server = client.accept()?;
    server.ask_in_pieces(&[
        b"Server: Welcome!",
        b" How are you?",
        b" Do you like your name?",
        b"\nServer: What's your name?",
    ])?;
    server.expect_only("Michael")?;
    server.finish()?;
    server.expect_end()?;
    client.ends()
}

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
pub fn talk(client: &Client<Vec<u8>>, pieces: Pieces) -> Outcome {
    match pieces {
        Pieces::Whole => {}
        Pieces::At(cut) => client.circumstance(&format!(
            "when the server's words were cut after {cut} byte{}",
            if cut == 1 { "" } else { "s" }
        )),
        Pieces::One => client.circumstance("when the server's words came byte by byte"),
    }
    let mut server = client.accept()?;
    if matches!(pieces, Pieces::Whole) {
        server.is_not_spoken_to()?;
    }
    let turns = [
        (WELCOME.as_bytes().to_vec(), "Michael"),
        (hello("Michael"), "Tracy"),
        (hello("Tracy"), "Sarah"),
        (hello("Sarah"), "exit"),
    ];
    for (words, answer) in turns {
        match pieces {
            Pieces::Whole => server.send(&words)?,
            Pieces::At(cut) => {
                let first = cut.min(1);
                server.ask_in_pieces(&[
                    &words[..first],
                    &words[first..cut],
                    &words[cut..],
                ])?;
            }
            Pieces::One => server.ask_in_pieces(&words.chunks(1).collect::<Vec<_>>())?,
        }
        server.expect_only(answer)?;
    }
    server.send(GOOD_BYE.as_bytes())?;
    server.finish()?;
    server.expect_end()?;
    client.returns_text(TRANSCRIPT)
}

/// A server that goes away in the middle: the client must end, and not panic.
pub fn early_end(client: &Client<Vec<u8>>) -> Outcome {
    let mut server = client.accept()?;
    server.send(WELCOME.as_bytes())?;
    server.expect_only("Michael")?;
    server.finish()?;
    client.ends()
}

/// A server that welcomes in other letters, and a cut in one of them. A client may print what it has, but not stop at it.
pub fn within_a_character(client: &Client<Vec<u8>>) -> Outcome {
    client.circumstance("when a character came in two pieces");
    let words =
        format!("Server: 欢迎!\n{}", &WELCOME["Server: Welcome!\n".len()..]).into_bytes();
    let mut server = client.accept()?;
    server.ask_in_pieces(&[&words[..10], &words[10..]])?;
    server.expect_only("Michael")?;
    server.finish()?;
    server.expect_end()?;
    client.ends()?;
    client.has_printed_no_marks()
}

/// A server whose words are no text: the client gives them as they are. It is not among [`CLIENT`]: a program of your own may print
/// text.
pub fn words_that_are_no_text(client: &Client<Vec<u8>>) -> Outcome {
    let first = b"Server: \xff \xe6\x9d";
    let words = [first, WELCOME.as_bytes()].concat();
    let mut server = client.accept()?;
    server.ask_in_pieces(&[&words[..11], &words[11..]])?;
    server.expect_only("Michael")?;
    for (name, next) in [("Michael", "Tracy"), ("Tracy", "Sarah"), ("Sarah", "exit")] {
        server.send(&hello(name))?;
        server.expect_only(next)?;
    }
    server.send(GOOD_BYE.as_bytes())?;
    server.finish()?;
    server.expect_end()?;
    client.returns_text([first, TRANSCRIPT.as_bytes()].concat())
}
