//! Programs that begin with an empty project, in any language: `listen` after chapter 2, `echo` after chapter 3, `ask` after
//! chapter 4. Each is graded from outside, as a command.
//!
//! Their contracts are on the chapters' pages. Where one speaks of an error, it is the same for all: the program says on standard
//! error what went wrong and at which address, and ends with exit status 1.

mod ask;
mod echo;
mod listen;

pub use ask::{ASK, Ask, ask_program};
pub use echo::ECHO;
pub use listen::{LISTEN, Listening, listen_program};

use crate::limit::{limit, within};
use crate::ports::{START, port_for_program};
use crate::program::Program;
use crate::story::{Outcome, Story};
use crate::student::Student;
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

/// How long it may take until a program has started, which may have to be compiled first.
fn patience() -> Duration {
    limit() * START
}

/// The address as the command is given it: host and port if it asks for both in one, otherwise the port, which is all that is
/// certain to reach it.
fn name(command: &str, host: &str, port: &str) -> String {
    match command.contains("{addr}") {
        true => format!("{host}:{port}"),
        false => port.to_owned(),
    }
}

/// The program has met an error, which is described so (`the address was taken`). It has to say so, with the address, and to end
/// with exit status 1.
fn reports(student: &Student, error: &str, address: &str) -> Outcome {
    if !within(patience(), || student.ended()) {
        return Err(student.fails(&format!("did not end, although {error}"), REPORT));
    }
    let Some(program) = student.command() else { return Ok(()) };
    let said = program.stderr().end();
    if student.crash().is_some() {
        let did = format!("did not handle the error when {error}");
        return Err(student.fails(&did, REPORT));
    }
    let status = program.status();
    if status.is_none_or(|status| status.code() != Some(1)) {
        let did = format!("did not end with exit status 1 when {error}");
        return Err(student.fails(&did, REPORT));
    }
    if !said.contains(address) {
        let did = format!("did not name the address {address} when {error}");
        let said = on_the_other_stream(program, address);
        return Err(student.fails(&did, said.unwrap_or(REPORT)));
    }
    Ok(())
}

const REPORT: &str = "This can happen to every user, and is no reason to panic: say on standard error what you tried, at which \
    address,\nand why it failed, and end with exit status 1.";

/// What to say if a text that belongs on standard error is on standard output.
fn on_the_other_stream(program: &Program, text: &str) -> Option<&'static str> {
    let printed = program.stdout();
    let is_there = String::from_utf8_lossy(printed.beginning()).contains(text);
    is_there.then_some(
        "It is on standard output. Standard error is for what a person has to know, also when the output goes into a file.",
    )
}

/// What has happened at a port, and how a program fails there.
const SERVER_BEFORE: &str =
    "a server that had ended before had left TIME-WAIT at this port";
const NOT_IN_TIME_WAIT: &str = "could not listen on a port in TIME-WAIT";
const TIME_WAIT: &str = "No program has the port: the kernel only remembers a connection of the server before. Set SO_REUSEADDR on \
    the\nsocket before `bind`, and the port is yours at once.";

/// A port at which nobody listens, and where a server that has ended had closed a connection first.
fn in_time_wait() -> Outcome<u16> {
    let port = port_for_program()?;
    let play = || -> io::Result<u16> {
        // In `std`, a listener has SO_REUSEADDR on Unix, which both servers have to have.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        client.set_read_timeout(Some(limit()))?;
        drop(listener.accept()?);
        client.read_to_end(&mut Vec::new())?;
        Ok(port)
    };
    play().map_err(|error| {
        Story::new(format!("the grader can't play the server before: {error}"))
    })
}
