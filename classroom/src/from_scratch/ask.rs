//! `ask`: a client that says one thing and prints the answer, after chapter 4.

use super::{name, reports};
use crate::chapter_05::Check;
use crate::client::{Client, client_of_words};
use crate::faults::Fault;
use crate::mutex::lock;
use crate::peer::Peer;
use crate::ports::{filled, free_port, port_for_program};
use crate::story::{Log, Outcome, Story};
use crate::student::Student;
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::sync::Mutex;

/// The names of its checks, handed to the macro `$list` as `ask, ASK: NAME NAME …`.
#[macro_export]
macro_rules! ask_checks {
    ($list:ident) => {
        $list! { ask, ASK:
            question_and_answer text_as_it_is no_answer answer_in_pieces bytes_that_are_no_text long_answer late_end
            host_name refused broken_off
        }
    };
}

macro_rules! list {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        /// The checks of a client that says one thing and prints the answer. Each gets a fresh one.
        pub const $checks: &[Check<Ask>] = &[$((stringify!($name), $name)),*];
    };
}
ask_checks!(list);

/// A command that is a client. It has been started once, with a server's address and the text `Hello`.
pub struct Ask {
    command: String,
    first: Mutex<Option<Client<Vec<u8>>>>,
}

const HELLO: &str = "Hello";
const HOST: &str = "127.0.0.1";

/// Starts a client that is told where to connect and what to say. `{port}`, `{host}`, `{addr}` and `{text}` in the command are
/// filled in.
///
/// Fails if the command lacks one of these, or can't be run.
pub fn ask_program(command: &str) -> Outcome<Ask> {
    if !command.contains("{text}") {
        return Err(Story::new(format!(
            "the command `{command}` does not say where the text goes: write {{text}} in it"
        )));
    }
    let first = start(command, HOST, HELLO)?;
    Ok(Ask { command: command.to_owned(), first: Mutex::new(Some(first)) })
}

fn start(command: &str, host: &str, text: &str) -> Outcome<Client<Vec<u8>>> {
    let (listener, address) = free_port()?;
    let words = filled(command, host, &address.port().to_string(), text)?;
    client_of_words(&words, listener)
}

impl Ask {
    /// A client that has connected, has said this, and has finished sending.
    fn asks(&self, host: &str, text: &str) -> Outcome<(Client<Vec<u8>>, Peer)> {
        let first = lock(&self.first).take().filter(|_| (host, text) == (HOST, HELLO));
        let client = first.map_or_else(|| start(&self.command, host, text), Ok)?;
        let mut server = client.accept()?;
        server.expect(text)?;
        server.expect_finish().map_err(|story| {
            match story.to_string().contains(" did not finish sending\n") {
                true => story.common(Some(NOT_FINISHED)),
                false => story,
            }
        })?;
        Ok((client, server))
    }

    /// A client that is told this, in these pieces, and has to print it.
    fn prints(&self, text: &str, answer: &[&[u8]]) -> Outcome {
        let (client, mut server) = self.asks(HOST, text)?;
        if !answer.is_empty() {
            server.send_in_pieces(answer)?;
        }
        server.finish()?;
        client.returns_text(answer.concat())
    }
}

const NOT_FINISHED: Fault = Fault {
    name: "does not finish sending",
    advice: "The server answers when it has the whole text, and nothing in the text says where it ends. So say that you have \
        finished,\nwith the half-close, and go on reading.",
};

/// The text arrives, and the client finishes sending; the answer is printed, and nothing else.
pub fn question_and_answer(ask: &Ask) -> Outcome {
    ask.prints(HELLO, &[b"Hello yourself!\n"])
}

/// The text is sent as it is, with nothing added or taken away.
pub fn text_as_it_is(ask: &Ask) -> Outcome {
    ask.prints(" Mr Right ", &[b"Hello!"])?;
    ask.prints("two\nlines\n", &[b"Hello!"])?;
    ask.prints("李雷", &[b"Hello!"])
}

/// A server that closes without a word. Nothing is printed.
pub fn no_answer(ask: &Ask) -> Outcome {
    ask.prints(HELLO, &[])
}

/// The answer comes byte by byte.
pub fn answer_in_pieces(ask: &Ask) -> Outcome {
    let answer = b"Hello,\nyou!\n\n";
    ask.prints(HELLO, &answer.chunks(1).collect::<Vec<_>>())
}

/// Bytes that are no text are printed as they came, also if a character is cut.
pub fn bytes_that_are_no_text(ask: &Ask) -> Outcome {
    ask.prints(HELLO, &[b"\xe6\x9d", b"\x8e\xff\x00", b"\r\n"])
}

/// An answer that no buffer holds.
pub fn long_answer(ask: &Ask) -> Outcome {
    let answer: Vec<u8> = (0..300_000).map(|place| b'a' + (place % 23) as u8).collect();
    ask.prints(HELLO, &[&answer])
}

/// The second half of the answer comes after a silence that is longer than any time limit.
pub fn late_end(ask: &Ask) -> Outcome {
    let (client, mut server) = ask.asks(HOST, HELLO)?;
    server.send_with_a_silence(b"One moment, ", b"please.\n")?;
    server.finish()?;
    client.returns_text("One moment, please.\n")
}

/// The server's address is a name, where the command takes one. The server listens at one of the addresses that it has.
pub fn host_name(ask: &Ask) -> Outcome {
    let takes_a_name = ["{host}", "{addr}"].iter().any(|it| ask.command.contains(it));
    let known = ("localhost", 0).to_socket_addrs().is_ok_and(|mut all| {
        all.any(|it| it == SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    });
    if !takes_a_name || !known {
        return Ok(());
    }
    let (client, mut server) = ask.asks("localhost", HELLO)?;
    server.send(b"Hello!\n")?;
    server.finish()?;
    client.returns_text("Hello!\n")
}

/// Nobody listens.
pub fn refused(ask: &Ask) -> Outcome {
    let port = port_for_program()?.to_string();
    let words = filled(&ask.command, HOST, &port, HELLO)?;
    let (student, _) = Student::program("your client", &words, Log::default())?;
    student
        .log
        .add(format!("`{}` was started, and nobody listens there", words.join(" ")));
    reports(&student, "the connection was refused", &name(&ask.command, HOST, &port))
}

/// The server breaks the connection in the middle of its answer, which is not the end of it.
pub fn broken_off(ask: &Ask) -> Outcome {
    let (client, mut server) = ask.asks(HOST, HELLO)?;
    server.send(b"Hello, ")?;
    server.until_at_rest();
    let port = client.address()?.port().to_string();
    server.reset();
    let name = name(&ask.command, HOST, &port);
    reports(&client.student, "the server broke the connection", &name)
}
