//! `cargo book` on small books: what it serves, what it notices, and what it leaves.

mod repository;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use repository::{FIRST, LIMIT, Repository, has, has_not};

/// A `cargo book` that serves, with what it prints, line by line. Ended when dropped.
struct Served {
    child: Child,
    port: u16,
    told: Receiver<String>,
}

impl Served {
    fn start(repository: &Repository) -> Served {
        let mut child = repository
            .command(&["--port", "0", "--no-open"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`cargo book` starts");
        let (sender, told) = mpsc::channel();
        tell_lines(child.stdout.take().expect("it is piped"), sender.clone());
        tell_lines(child.stderr.take().expect("it is piped"), sender);
        let mut served = Served { child, port: 0, told };
        while served.port == 0 {
            let line = served.next_line();
            served.port = line
                .strip_prefix("the book is at http://127.0.0.1:")
                .and_then(|rest| rest.split_once(' ')?.0.parse().ok())
                .unwrap_or(0);
        }
        served
    }

    fn next_line(&self) -> String {
        self.told.recv_timeout(LIMIT).expect("it says something in time")
    }

    fn connect(&self) -> TcpStream {
        let stream =
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("it listens");
        stream.set_read_timeout(Some(LIMIT)).expect("it can be set");
        stream
    }

    /// What the server answers to a request for this path.
    fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers in time");
        answer
    }

    /// Opens the WebSocket on which the server says that the book has been built anew.
    fn wait_as_a_page(&self) -> BufReader<TcpStream> {
        let mut stream = BufReader::new(self.connect());
        let upgrade = "GET /__livereload HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        let answered = stream.get_mut().write_all(upgrade.as_bytes());
        answered.expect("it reads");
        let mut answer = String::new();
        while !answer.ends_with("\r\n\r\n") {
            let read = stream.read_line(&mut answer).expect("it answers in time");
            assert_ne!(read, 0, "the answer ends early: {answer}");
        }
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        stream
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended
        let _ = self.child.wait();
    }
}

/// Sends the lines of a pipe, until its end.
fn tell_lines(pipe: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
}

#[test]
fn serves_the_book() {
    let repository = Repository::new();
    let served = Served::start(&repository);
    let page = served.get("/");
    assert!(page.starts_with("HTTP/1.0 200 "), "{page}");
    assert!(page.contains("cache-control: no-store"), "{page}");
    has(&page, "Welcome");
    assert!(page.contains("__livereload"));
    has(&served.get("/01_first.html"), "About 20 minutes");
    assert!(served.get("/examples/01_first.rs").contains("fn main()"));
    let missing = served.get("/nothing.html");
    assert!(missing.starts_with("HTTP/1.0 404 "), "{missing}");
    let outside = served.get("/../../chapters/SUMMARY.md");
    assert!(outside.starts_with("HTTP/1.0 404 "), "{outside}");
}

#[test]
fn reloads_the_pages_after_a_change_and_keeps_the_last_good_book() {
    let repository = Repository::new();
    let served = Served::start(&repository);

    let mut page = served.wait_as_a_page();
    repository.append(FIRST, "\nA second thought.\n");
    assert_eq!(served.next_line(), "built anew");
    let mut message = [0; 8];
    page.read_exact(&mut message).expect("the page is told in time");
    assert_eq!(&message, b"\x81\x06reload"); // a text of six bytes
    has(&served.get("/01_first.html"), "A second thought.");

    repository.append(FIRST, "\n[Broken](nowhere.md), a third.\n");
    let problem = served.next_line();
    assert!(
        problem.starts_with("chapters/01_first.md:19: `nowhere.md` leads"),
        "{problem}"
    );
    let error = served.next_line();
    assert!(error.starts_with("error: the book has a problem"), "{error}");
    has_not(&served.get("/01_first.html"), "a third.");
}

#[test]
fn rebuilds_for_each_kind_of_change_and_for_nothing_else() {
    let repository = Repository::new();
    repository
        .write("book/theme/favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n");
    let served = Served::start(&repository);
    for (nth, file) in
        ["examples/01_first.rs", "tests/transcripts/01_first.txt", "book/book.toml"]
            .into_iter()
            .enumerate()
    {
        repository.append(file, "\n");
        assert_eq!(served.next_line(), "built anew", "change {nth}, of {file}");
    }
    repository.append("book/theme/favicon.svg", "\n");
    assert_eq!(served.next_line(), "built anew", "a change of the theme");
    // This file is not the book's, and builds only read. Were either taken for a change, there would be a line more.
    repository.write("book/Cargo.toml", "# of no interest\n");
    for _ in 0..3 {
        repository.builds();
    }
    repository.append(FIRST, "\n[Broken](nowhere.md)\n");
    let problem = served.next_line();
    assert!(problem.contains("nowhere.md"), "{problem}");
}

#[test]
fn serves_a_draft_of_a_book_with_problems() {
    let repository = Repository::new();
    repository.append(FIRST, "\n[Broken](nowhere.md)\n");
    let served = Served::start(&repository);
    has(&served.get("/01_first.html"), "Broken");
}

#[test]
fn says_that_the_port_is_taken_and_what_to_do() {
    let repository = Repository::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = taken.local_addr().expect("it has an address").port();
    repository
        .book(&["--no-open", "--port", &port.to_string()])
        .assert()
        .code(1)
        .stdout("")
        .stderr(format!(
            "error: port {port} of 127.0.0.1 is taken: is another `cargo book` running? \
             `cargo book --port N` takes another port, 0 any that is free\n"
        ));
}

/// Linux has all of 127.0.0.0/8 on its loopback: a server on 0.0.0.0 would answer on 127.0.0.2.
#[test]
#[cfg(target_os = "linux")]
fn listens_on_loopback_alone() {
    let repository = Repository::new();
    let served = Served::start(&repository);
    let elsewhere = (Ipv4Addr::new(127, 0, 0, 2), served.port);
    TcpStream::connect(elsewhere).expect_err("nobody listens there");
}

#[test]
#[cfg(unix)]
fn ends_with_ctrl_c_and_leaves_nothing() {
    let repository = Repository::new();
    let mut served = Served::start(&repository);
    let interrupted =
        Command::new("kill").args(["-INT", &served.child.id().to_string()]).status();
    assert!(interrupted.expect("`kill` is there").success());
    let (sender, ended) = mpsc::channel();
    let told = std::mem::replace(&mut served.told, mpsc::channel().1);
    thread::spawn(move || {
        while told.recv().is_ok() {}
        let _ = sender.send(()); // its pipes are closed
    });
    ended.recv_timeout(LIMIT).expect("it ends in time");
    let status = served.child.wait().expect("it can be waited for");
    assert!(status.success(), "{status}");
    let left =
        fs::read_dir(repository.path().join("target")).expect("the folder is there");
    assert_eq!(left.count(), 0, "files left in the target folder");
}
