//! The tests that the page on testing shows, with nothing but what the page explains.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use predicates::prelude::*;

use crate::examples;

// ANCHOR: test
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn the_server_greets_a_client() -> anyhow::Result<()> {
    let server = Server::start()?;
    let mut client = TcpStream::connect(server.address)?;
    client.set_read_timeout(Some(LIMIT))?;

    client.write_all(b"Michael\nexit\n")?;
    let mut heard = String::new();
    client.read_to_string(&mut heard)?; // up to the end of the stream

    assert_eq!(
        heard,
        "Server: Welcome!\nServer: What's your name?\
         Server: Hello Michael!\nServer: What's your name?\
         Server: Good bye!\n"
    );
    Ok(())
}
// ANCHOR_END: test

// ANCHOR: server
struct Server {
    address: SocketAddr,
    _running: Running,
}

impl Server {
    fn start() -> anyhow::Result<Server> {
        let mut child = Command::new(examples::path("05_threaded_server"))
            .arg("127.0.0.1:0")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = child.stderr.take();
        let running = Running(child); // from here on it is ended, whatever happens

        // A thread, since reading from a pipe has no time limit.
        let stderr = BufReader::new(stderr.context("it has no standard error")?);
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line); // nobody asks for more than the first
            }
        });
        let line = lines.recv_timeout(LIMIT).context("the server doesn't listen")?;
        let address = line.strip_prefix("listening on ").context(line.clone())?;
        Ok(Server { address: address.parse()?, _running: running })
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
// ANCHOR_END: server

// ANCHOR: client
#[test]
fn the_client_prints_what_it_hears() -> anyhow::Result<()> {
    let server = Server::start()?;
    assert_cmd::Command::new(examples::path("05_scripted_client"))
        .args([server.address.to_string().as_str(), "Ada"])
        .timeout(LIMIT)
        .assert()
        .success()
        .stdout(predicate::str::contains("Server: Hello Ada!\n"))
        .stdout(predicate::str::ends_with("Server: Good bye!\n"));
    Ok(())
}
// ANCHOR_END: client
