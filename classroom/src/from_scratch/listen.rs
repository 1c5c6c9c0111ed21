//! `listen`: a program that opens a port, after chapter 2.

use super::{
    NOT_IN_TIME_WAIT, SERVER_BEFORE, TIME_WAIT, in_time_wait, name, on_the_other_stream,
    patience, reports,
};
use crate::chapter_05::Check;
use crate::limit::{limit, within};
use crate::ports::{filled, free_port, port_for_program};
use crate::program::Program;
use crate::story::{Log, Outcome, Story, quoted};
use crate::student::Student;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;

/// The names of its checks, handed to the macro `$list` as `listen, LISTEN: NAME NAME …`.
#[macro_export]
macro_rules! listen_checks {
    ($list:ident) => {
        $list! { listen, LISTEN:
            connects port_zero five_may_wait enter_ends_it address_taken not_an_address port_in_time_wait
        }
    };
}

macro_rules! list {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        /// The checks of a program that listens and does no more. Each gets a fresh one.
        pub const $checks: &[Check<Listening>] = &[$((stringify!($name), $name)),*];
    };
}
listen_checks!(list);

/// A program that has said that it listens.
pub struct Listening {
    command: String,
    address: SocketAddr,
    student: Arc<Student>,
}

const HOST: &str = "127.0.0.1";
const LINE: &str = "listening on ";

/// Starts a program that is to listen on a free port of this machine, and waits until it says `listening on ADDRESS`. `{port}`,
/// `{host}` and `{addr}` in the command are filled in.
///
/// Fails if the command can't be run, and if the program ends or does not say so in time.
pub fn listen_program(command: &str) -> Outcome<Listening> {
    listening(command, port_for_program()?)
}

fn start(command: &str, port: &str) -> Outcome<Arc<Student>> {
    let words = filled(command, HOST, port, "")?;
    let (student, _) =
        Student::program_at_keyboard("your program", &words, Log::default())?;
    student.log.add(format!("`{}` was started", words.join(" ")));
    Ok(student)
}

/// Starts the command with this port, and waits until it says where it listens.
fn listening(command: &str, port: u16) -> Outcome<Listening> {
    let student = start(command, &port.to_string())?;
    let Some(program) = student.command() else {
        return Err(Story::new("a program is a command"));
    };
    let elsewhere = || on_the_other_stream(program, LINE);
    within(patience(), || {
        line(program).is_some() || elsewhere().is_some() || student.ended()
    });
    let Some(said) = line(program) else {
        let did = match student.ended() {
            true => "ended, and had not said `listening on ADDRESS`",
            false => "did not say `listening on ADDRESS` on standard error",
        };
        return Err(student.fails(did, elsewhere().unwrap_or("")));
    };
    student.log.add(format!("it said {} on standard error", quoted(said.as_bytes())));
    let address = said.strip_prefix(LINE).unwrap_or_default();
    let number = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    let is_ours = match command.contains("{addr}") {
        true => address.starts_with("127.0.0.1:"),
        false => true,
    };
    match number {
        Some(0) => Err(student.brief("said that it listens on port 0", PORT_ZERO)),
        Some(number) if is_ours && [0, number].contains(&port) => Ok(Listening {
            command: command.to_owned(),
            address: (Ipv4Addr::LOCALHOST, number).into(),
            student,
        }),
        _ => {
            let wanted = if port == 0 { "PORT".into() } else { port.to_string() };
            let advice = format!("Expected: {LINE}127.0.0.1:{wanted}");
            Err(student.brief("named another address than it was given", &advice))
        }
    }
}

const PORT_ZERO: &str = "Port 0 is what you ask for: any port that is free. Which one it became, only the socket knows: ask it \
    for its local address.";

/// The line that says where it listens, once it is complete.
fn line(program: &Program) -> Option<String> {
    let printed = program.stderr();
    let text = String::from_utf8_lossy(printed.beginning());
    let mut lines = text.split_inclusive('\n').filter_map(|it| it.strip_suffix('\n'));
    lines.find(|it| it.starts_with(LINE)).map(|it| it.trim_end().to_owned())
}

impl Listening {
    /// Lets a client connect, which the program has no part in.
    fn client(&self, client: &str) -> Outcome<TcpStream> {
        let connect = || TcpStream::connect_timeout(&self.address, limit());
        let connected = connect().or_else(|_| {
            // It may have said that it listens a moment before it did.
            self.student.until_over_it();
            connect()
        });
        match connected {
            Ok(stream) => {
                self.student.log.add(format!("{client} connected"));
                Ok(stream)
            }
            Err(error) => {
                self.student.log.add(format!("{client} tried to connect: {error}"));
                match self.student.ended() {
                    true => Err(self.student.fails("did not stay", STAY)),
                    false => {
                        Err(self.student.fails("did not let a client connect", REFUSED))
                    }
                }
            }
        }
    }

    /// Fails if the program has ended, or ends now.
    fn stays(&self) -> Outcome {
        self.student.until_over_it();
        match self.student.ended() {
            true => Err(self.student.fails("did not stay", STAY)),
            false => Ok(()),
        }
    }
}

const REFUSED: &str = "A bound socket has an address; `listen` is what lets clients connect, and its argument says how many may wait. \
    Then the\nprogram has to keep the socket, and stay.";
const STAY: &str = "It has to stay until somebody presses Enter, whatever clients do.";

/// A client can connect, although nobody calls `accept`, and the program stays.
pub fn connects(program: &Listening) -> Outcome {
    program.client("a client")?;
    program.stays()
}

/// With port 0 it says which port the kernel chose, and listens there.
pub fn port_zero(program: &Listening) -> Outcome {
    let program = listening(&program.command, 0)?;
    program.client("a client")?;
    program.stays()
}

/// Five clients can wait at the same time.
pub fn five_may_wait(program: &Listening) -> Outcome {
    let mut clients = Vec::new();
    for number in 1..=5 {
        clients.push(program.client(&format!("client {number}"))?);
    }
    program.stays()
}

/// It ends when somebody presses Enter, with success, also if a client waits.
pub fn enter_ends_it(program: &Listening) -> Outcome {
    let _client = program.client("a client")?;
    program.stays()?;
    let student = &program.student;
    let Some(command) = student.command() else { return Ok(()) };
    command.press_enter();
    student.log.add("somebody pressed Enter in its terminal");
    if !student.ends() {
        return Err(student.fails("did not end", "Enter has to end it."));
    }
    match student.went_wrong() {
        true => Err(student.fails(
            "did not end with success",
            "Enter has to end it, with exit status 0.",
        )),
        false => Ok(()),
    }
}

/// Another program listens there.
pub fn address_taken(program: &Listening) -> Outcome {
    let (_listener, address) = free_port()?;
    is_refused(program, &address.port().to_string(), "the address was taken")
}

/// It is given something that isn't an address.
pub fn not_an_address(program: &Listening) -> Outcome {
    is_refused(program, "many", "its argument was not an address")
}

fn is_refused(program: &Listening, port: &str, error: &str) -> Outcome {
    let student = start(&program.command, port)?;
    let said = || student.command().and_then(line);
    within(patience(), || said().is_some() || student.ended());
    if let Some(said) = said() {
        student.log.add(format!("it said {} on standard error", quoted(said.as_bytes())));
        let did = format!("said that it listens, although {error}");
        let advice = "Say it when it is true: after `bind` and `listen` have succeeded.";
        return Err(student.brief(&did, advice));
    }
    reports(&student, error, &name(&program.command, HOST, port))
}

/// A server that has just ended had closed a connection first, which its port still remembers. On Windows that is in nobody's way.
pub fn port_in_time_wait(program: &Listening) -> Outcome {
    if cfg!(windows) {
        return Ok(());
    }
    let port = in_time_wait()?;
    let student = start(&program.command, &port.to_string())?;
    student.log.add(SERVER_BEFORE);
    let said = || student.command().and_then(line);
    within(patience(), || said().is_some() || student.ended());
    match said() {
        Some(_) => Ok(()),
        None => Err(student.fails(NOT_IN_TIME_WAIT, TIME_WAIT)),
    }
}
