//! A server for one: `03_accept`, `03_talk`, `03_close`.

use crate::bad_input;
use crate::examples::Examples;
use crate::peer::Peer;
use crate::scenarios::Action;
use crate::stage::Stage;
use crate::transcripts::check;

#[test]
fn it_accepts_one_client() {
    check("03_accept");
}

#[test]
fn it_greets_one_client() {
    check("03_talk");
}

#[test]
fn it_talks_until_exit() {
    check("03_close");
}

#[test]
fn the_second_client_waits_in_the_queue() {
    check("03_close_queue");
}

#[test]
fn bad_input_gets_one_clear_line() {
    for server in ["03_accept", "03_talk", "03_close"] {
        bad_input::is_told_by_a_server(server, "listen on");
    }
}

/// One client after another does its worst, and the next is served all the same.
#[test]
fn no_client_ends_the_server() {
    let mut stage = Stage::new(Box::new(Examples));
    stage
        .perform(&Action::Serve("03_close"))
        .unwrap_or_else(|story| panic!("{story}"));
    let server = stage.server().expect("it listens");

    drop(Peer::connect(server));
    Peer::connect(server).resets();
    let mut client = Peer::connect(server);
    client.says(b"\xff\xfe");
    client.resets();
    let mut client = Peer::connect(server);
    client.hears("Server: Welcome!\nServer: What's your name?");
    client.half_closes();
    client.hears_end();

    let mut client = Peer::connect(server);
    client.hears("Server: Welcome!\nServer: What's your name?");
    client.says("Michael\r\nTracy\n\nexit\n");
    client.hears("Server: Hello Michael!\nServer: What's your name?");
    client.hears(
        "Server: Hello Tracy!\nServer: What's your name?Server: What's your name?",
    );
    client.hears("Server: Good bye!\n");
    client.hears_end();
}
