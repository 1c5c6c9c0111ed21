//! Checks for our client alone.

use assert_cmd::Command;
use predicates::str::contains;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use super::our_server::OurServer;
use crate::bad_input;
use crate::examples::{self, Examples};
use crate::peer::Peer;
use stage::Stage;

fn listen() -> (TcpListener, SocketAddr) {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}

fn client(address: SocketAddr) -> Command {
    let mut command = examples::command("05_scripted_client");
    command.arg(address.to_string());
    command
}

#[test]
fn bad_input_is_told() {
    bad_input::is_told_by_a_client("05_scripted_client");
}

#[test]
fn what_is_no_name_is_refused() {
    let (_listener, address) = listen();
    let long = "x".repeat(1025);
    for no_name in ["", "Mich\nael", &long] {
        let error = format!(
            "Error: {no_name:?} is not a name: a name is one line of text, at most 1024 bytes\n"
        );
        let mut client = client(address);
        client.args(["Michael", no_name]).assert().code(1).stdout("").stderr(error);
    }
}

/// As long as a name may be. A byte more, and our server would take it for two.
#[test]
fn the_longest_name_is_one_name() {
    let server = OurServer::start();
    let name = "x".repeat(1024);
    client(server.address).arg(&name).assert().success().stdout(format!(
        "Server: Welcome!\nServer: What's your name?\n\
         Server: Hello {name}!\nServer: What's your name?\n\
         Server: Good bye!\n"
    ));
}

/// Many servers print their question as a line. The screen shows one newline, whichever side sent it.
#[test]
fn a_question_may_end_with_a_newline() {
    for end in ["\n", "\r\n", " "] {
        let (listener, address) = listen();
        let server = std::thread::spawn(move || {
            let mut server = Peer::accept(&listener);
            let asks = format!("Server: What's your name?{end}");
            server.says(format!("Server: Welcome!\n{asks}"));
            server.hears("Ann");
            server.says(format!("Server: Hello Ann!\n{asks}"));
            server.hears("exit");
            server.says("Server: Good bye!\n");
        });
        let newline = if end.ends_with('\n') { "" } else { "\n" };
        client(address).arg("Ann").assert().success().stdout(format!(
            "Server: Welcome!\nServer: What's your name?{end}{newline}\
             Server: Hello Ann!\nServer: What's your name?{end}{newline}\
             Server: Good bye!\n"
        ));
        server.join().expect("the client did as expected");
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt;

    let (_listener, address) = listen();
    let no_text = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    client(address)
        .arg(no_text)
        .assert()
        .code(1)
        .stdout("")
        .stderr(contains("is not a name"));
}

#[test]
fn a_server_that_hangs_up_early_is_told() {
    let (listener, address) = listen();
    let server =
        std::thread::spawn(move || Peer::accept(&listener).says("Server: Welcome!\n"));
    client(address)
        .assert()
        .code(1)
        .stdout("Server: Welcome!\n")
        .stderr(contains("closed the connection before we said \"Michael\"\n"));
    server.join().expect("the server could speak");
}

/// Ten clients at once, each with its own names and its own right transcript.
#[test]
fn ten_clients_each_hear_what_is_theirs() {
    let server = OurServer::start();
    let mut stage = Stage::new(Box::new(Examples));
    let names: Vec<String> = (0..10).map(|n| format!("05_scripted_client-{n}")).collect();
    for name in &names {
        let said = [server.address.to_string(), format!("{name} one"), "two".into()];
        stage.start(name, said.to_vec()).unwrap_or_else(|story| panic!("{story}"));
    }
    for name in &names {
        let ended = stage.wait_for_exit(name);
        assert!(ended.unwrap_or_else(|story| panic!("{story}")).success());
        let expected = format!(
            "Server: Welcome!\nServer: What's your name?\n\
             Server: Hello {name} one!\nServer: What's your name?\n\
             Server: Hello two!\nServer: What's your name?\n\
             Server: Good bye!\n"
        );
        assert_eq!(String::from_utf8_lossy(&stage.actor(name).stdout()), expected);
    }
}
