//! Two terminals: `00_terminal`.

use std::net::{Ipv4Addr, TcpListener};

use predicates::prelude::*;

use crate::examples::{self, Examples, perform, played};
use crate::peer::Peer;
use stage::Stage;
use stage::scenarios::Action;

/// A server of the test's own, and a terminal that is connected to it.
fn terminal() -> (Stage, Peer) {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    let mut stage = Stage::new(Box::new(Examples));
    stage.start("00_terminal", vec![address]).unwrap_or_else(|story| panic!("{story}"));
    (stage, Peer::accept(&listener))
}

#[test]
fn what_the_server_says_appears_without_a_newline() {
    let (mut stage, mut server) = terminal();
    server.says("What");
    perform(&mut stage, &[Action::Await("00_terminal", "What")]);
    server.says("'s");
    perform(&mut stage, &[Action::Await("00_terminal", "'s")]);
}

#[test]
fn what_is_typed_is_sent_line_by_line() {
    let (mut stage, mut server) = terminal();
    perform(&mut stage, &[Action::Type("00_terminal", "one\n")]);
    server.hears("one\n");
    perform(&mut stage, &[Action::Type("00_terminal", "two\nthree\nfour without end")]);
    server.hears("two\nthree\n");
    perform(&mut stage, &[Action::EndInput("00_terminal")]);
    server.hears("four without end");
    server.hears_end();
}

#[test]
fn after_the_end_of_input_it_goes_on_reading() {
    let (mut stage, mut server) = terminal();
    perform(&mut stage, &[Action::EndInput("00_terminal")]);
    server.hears_end();
    server.says("late news\n");
    perform(&mut stage, &[Action::Await("00_terminal", "late news\n")]);
    drop(server);
    perform(&mut stage, &[Action::Ends("00_terminal")]);
}

#[test]
fn it_ends_when_the_server_closes_while_the_keyboard_is_open() {
    let (mut stage, server) = terminal();
    drop(server);
    perform(&mut stage, &[Action::Ends("00_terminal")]);
}

#[test]
fn a_reset_is_told_once() {
    let (mut stage, server) = terminal();
    server.resets();
    perform(&mut stage, &[Action::Fails("00_terminal")]);
    let errors =
        String::from_utf8_lossy(&stage.actor("00_terminal").stderr()).into_owned();
    assert!(errors.contains("Error: can't receive from 127.0.0.1:"), "{errors}");
}

/// The kernel tells a reset once, to whichever call meets it first: a `read` here, or a `write`
/// that waits for room. Either way it is told, once.
#[cfg(unix)]
#[test]
fn a_reset_while_it_sends_is_told_once() {
    let line = format!("{}\n", "x".repeat(100_000));
    for _ in 0..20 {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let server = std::thread::spawn(move || {
            let mut server = Peer::accept(&listener);
            server.hears("x");
            server.resets();
        });
        examples::command("00_terminal")
            .arg(address)
            .write_stdin(line.repeat(200)) // more than the buffers hold
            .assert()
            .code(1)
            .stderr(predicate::str::contains("Error: can't ").count(1));
        server.join().expect("the server heard a line");
    }
}

/// A whole conversation through a pipe: every line is there before the server has asked.
#[test]
fn it_talks_through_a_pipe() {
    let stage = played(&[Action::Serve("05_threaded_server")]);
    let server = stage.server().expect("it listens").to_string();
    examples::command("00_terminal")
        .arg(server)
        .write_stdin("Michael\nTracy\nexit\n")
        .assert()
        .success()
        .stdout(
            "Server: Welcome!\nServer: What's your name?Server: Hello Michael!\n\
             Server: What's your name?Server: Hello Tracy!\n\
             Server: What's your name?Server: Good bye!\n",
        );
}

#[test]
fn bytes_that_are_no_text_pass_both_ways() {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    let server = std::thread::spawn(move || {
        let mut server = Peer::accept(&listener);
        server.hears(b"\xff\x00\xfe\n");
        server.says(b"\x80\x00\xff");
    });
    examples::command("00_terminal")
        .arg(address)
        .write_stdin(b"\xff\x00\xfe\n")
        .assert()
        .success()
        .stdout(predicate::eq(&b"\x80\x00\xff"[..]));
    server.join().expect("the server heard what it expected");
}

pub mod predictions {
    use super::*;

    predictions! {
        client_first => {
            let mut stage = Stage::new(Box::new(Examples));
            let (_deaf, nobody) = crate::bad_input::deaf_port();
            let started = stage.start("00_terminal", vec![nobody.to_string()]);
            started.unwrap_or_else(|story| panic!("{story}"));
            perform(&mut stage, &[Action::Fails("00_terminal")]);
            "the client ends at once, with an error"
        };
        stream_not_lines => {
            let (mut stage, mut server) = terminal();
            let typed = Action::Type("00_terminal", "Michael\n");
            perform(&mut stage, &[typed, Action::EndInput("00_terminal")]);
            server.drains()
        };
    }
}
