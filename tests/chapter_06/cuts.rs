//! What two servers answer to one stream, wherever it is cut in two: the table on the page.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use super::cuts_file;
use crate::examples::{limit, perform, played};
use crate::transcripts::compare;
use stage::scenarios::Action::{Serve, Unread};

const STREAM: &str = "Michael\nTracy\nexit\n";

/// The answer of this server when the stream comes in these two pieces, the second after it has read the first.
fn answer(server: &'static str, pieces: [&str; 2]) -> String {
    let mut stage = played(&[Serve(server)]);
    let address = stage.server().expect("it listens");
    let mut client = TcpStream::connect(address).expect("it listens");
    client.set_read_timeout(Some(limit())).expect("the limit is not zero");
    client.set_nodelay(true).expect("TCP has this option");
    client.write_all(pieces[0].as_bytes()).expect("it is connected");
    perform(&mut stage, &[Unread(server, 0)]);
    // It may have said goodbye already, and closed.
    let _ = client.write_all(pieces[1].as_bytes());
    let _ = client.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = client.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).expect("text");
    let question = "Server: What's your name?";
    let after_welcome = answer.split_once(question).map(|(_, it)| it.trim_start());
    after_welcome.expect("a welcome").replace('\n', "\\n")
}

#[test]
fn every_cut() {
    let mut table = String::from("cut\t\t05_threaded_server\t06_line_server\n");
    for cut in 1..STREAM.len() {
        let (first, second) = STREAM.split_at(cut);
        let answers = ["05_threaded_server", "06_line_server"]
            .map(|server| answer(server, [first, second]));
        let pieces = [first, second].map(|piece| piece.replace('\n', "\\n"));
        table += &format!("{}\t{}\n", pieces.join("\t"), answers.join("\t"));
    }
    let name = cuts_file().trim_start_matches("tests/transcripts/");
    compare(name, &table, "a fresh server for each cut\n");
}
