//! `cargo book` on small books: what it serves, what it notices, and what it leaves.

mod repository;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
#[cfg(unix)]
use std::{process::ExitStatus, sync::mpsc::RecvTimeoutError, time::Instant};

use repository::{FIRST, LIMIT, Repository, has, has_not, text_of};

/// A `cargo book` that serves, with what it prints, line by line. Ended when dropped.
struct Served {
    child: Child,
    port: u16,
    /// What it said before it said where the book is.
    early: Vec<String>,
    told: Receiver<String>,
}

impl Served {
    fn start(repository: &Repository) -> Served {
        let mut served = Served::spawn(repository.command(&["--port", "0", "--no-open"]));
        while served.port == 0 {
            let line = served.next_line();
            served.port = line
                .strip_prefix("the book is at http://127.0.0.1:")
                .and_then(|rest| rest.split_once(' ')?.0.parse().ok())
                .unwrap_or(0);
            served.early.push(line);
        }
        served
    }

    /// Starts any command of the book's.
    fn spawn(mut command: Command) -> Served {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`cargo book` starts");
        let (sender, told) = mpsc::channel();
        tell_lines(child.stdout.take().expect("it is piped"), sender.clone());
        tell_lines(child.stderr.take().expect("it is piped"), sender);
        Served { child, port: 0, early: Vec::new(), told }
    }

    fn next_line(&self) -> String {
        self.told.recv_timeout(LIMIT).expect("it says something in time")
    }

    /// Waits for a line with this text.
    fn hears(&self, text: &str) {
        while !self.next_line().contains(text) {}
    }

    /// Waits for a line with this text, which it may have said before it said where the book is.
    fn said(&self, text: &str) {
        if !self.early.iter().any(|line| line.contains(text)) {
            self.hears(text);
        }
    }

    /// Waits until its first page after the welcome has this text, be it after one build or more.
    fn comes_to_show(&self, text: &str) {
        while !text_of(&self.get("/01_first.html")).contains(text) {
            self.hears("built again");
        }
    }

    /// Sends it a signal.
    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.expect("`kill` is there").success());
    }

    /// Waits for its end.
    #[cfg(unix)]
    fn ends(&mut self) -> ExitStatus {
        let deadline = Instant::now() + LIMIT;
        loop {
            match self
                .told
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break, // its pipes are closed
                Err(RecvTimeoutError::Timeout) => panic!("it does not end in time"),
            }
        }
        self.child.wait().expect("it can be waited for")
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

    /// Opens the WebSocket on which the server says that the book has been built again.
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
    assert_eq!(served.next_line(), "built again");
    let mut message = [0; 8];
    page.read_exact(&mut message).expect("the page is told in time");
    assert_eq!(&message, b"\x81\x06reload"); // a text of six bytes
    has(&served.get("/01_first.html"), "A second thought.");

    repository.append(FIRST, "\n[Broken](nowhere.md), a third.\n");
    let problem = served.next_line();
    assert!(
        problem.starts_with("chapters/01_first.md:19: `nowhere.md` is a broken link"),
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
    for (nth, file) in [
        "examples/01_first.rs",
        "tests/transcripts/01_first/01_first.out.txt",
        "book/book.toml",
    ]
    .into_iter()
    .enumerate()
    {
        repository.append(file, "\n");
        assert_eq!(served.next_line(), "built again", "change {nth}, of {file}");
    }
    repository.append("book/theme/favicon.svg", "\n");
    assert_eq!(served.next_line(), "built again", "a change of the theme");
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
fn recovers_from_a_list_of_pages_that_can_not_be_read() {
    let repository = Repository::new();
    let good = repository.read("chapters/SUMMARY.md");
    let damaged = "# Summary\n\n- [First](01_first.md)\n\n[End](welcome.md)\n\n- [First](01_first.md)\n";
    repository.write("chapters/SUMMARY.md", damaged);
    let served = Served::start(&repository);
    served.said("SUMMARY.md line 7");
    let page = served.get("/");
    assert!(page.starts_with("HTTP/1.0 503 "), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "it reloads by itself: {page}");

    repository.write("chapters/SUMMARY.md", &good);
    served.hears("built again");
    has(&served.get("/"), "Welcome");
}

#[test]
fn recovers_from_a_first_page_that_is_missing() {
    let repository = Repository::new();
    let good = repository.read("chapters/SUMMARY.md");
    repository.write("chapters/SUMMARY.md", "# Summary\n\n[Welcome](nothing.md)\n");
    let served = Served::start(&repository);
    served.said("chapters/SUMMARY.md:3: there is no `chapters/nothing.md`");
    let page = served.get("/");
    assert!(page.starts_with("HTTP/1.0 404 "), "a draft without a first page: {page}");

    repository.write("chapters/SUMMARY.md", &good);
    served.hears("built again");
    has(&served.get("/"), "Welcome");
}

#[test]
fn goes_on_when_the_chapters_are_deleted_and_come_again() {
    let repository = Repository::new();
    let served = Served::start(&repository);
    let folder = |name: &str| repository.path().join(name);
    for (gone, text) in [("aside", "\nMoved.\n"), ("aside_again", "\nMoved again.\n")] {
        fs::rename(folder("chapters"), folder(gone)).expect("it can be moved away");
        served.hears("error: can't read ");
        has(&served.get("/"), "Welcome"); // the last good book
        fs::rename(folder(gone), folder("chapters")).expect("it can be moved back");
        served.hears("built again");
        repository.append(FIRST, text);
        served.comes_to_show(text.trim());
    }

    let pages = ["SUMMARY.md", "welcome.md", "01_first.md"].map(|page| {
        let file = format!("chapters/{page}");
        let text = repository.read(&file);
        (file, text)
    });
    fs::remove_dir_all(folder("chapters")).expect("it can be removed");
    fs::remove_dir_all(folder("tests")).expect("it can be removed");
    served.hears("error: ");
    for (file, text) in pages {
        repository.write(&file, &text);
    }
    repository.write("tests/transcripts/01_first/01_first.out.txt", "another line\n");
    served.comes_to_show("another line");
    repository.write("tests/transcripts/01_first/01_first.out.txt", "yet another\n");
    served.comes_to_show("yet another");
}

#[test]
fn finds_no_page_of_a_very_long_name() {
    let repository = Repository::new();
    let served = Served::start(&repository);
    let missing = served.get(&format!("/{}", "x".repeat(5000)));
    assert!(missing.starts_with("HTTP/1.0 404 "), "{missing}");
    has(&missing, "not found");
}

#[test]
fn refuses_the_ports_that_browsers_refuse() {
    let repository = Repository::new();
    for port in ["6000", "1", "10080"] {
        repository
            .book(&["--no-open", "--port", port])
            .assert()
            .code(1)
            .stdout("")
            .stderr(format!(
                "error: browsers refuse port {port}, which other protocols use: \
                 take another with `cargo book --port N`, or 0 for any that is free\n"
            ));
    }
}

#[cfg(unix)]
const SIGNALS: [&str; 3] = ["INT", "TERM", "HUP"];

/// The names in the repository's target folder.
fn left(repository: &Repository) -> Vec<String> {
    let target = fs::read_dir(repository.path().join("target"));
    target
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into())
        .collect()
}

/// A command that a hangup reaches, even if it does not reach these tests (`nohup cargo test`).
#[cfg(unix)]
fn command(repository: &Repository, args: &[&str]) -> Command {
    let command = repository.command(args);
    if !cfg!(target_os = "linux") {
        return command;
    }
    let mut wrapped = Command::new("env");
    wrapped
        .arg("--default-signal=HUP")
        .arg(command.get_program())
        .args(command.get_args());
    wrapped.env_remove("CARGO_TARGET_DIR");
    wrapped
}

#[test]
#[cfg(unix)]
fn ends_when_told_to_and_leaves_nothing() {
    for signal in SIGNALS {
        let repository = Repository::new();
        let mut served =
            Served::spawn(command(&repository, &["--port", "0", "--no-open"]));
        served.hears("the book is at ");
        served.signal(signal);
        let status = served.ends();
        assert!(status.success(), "{signal}: {status}");
        assert_eq!(left(&repository), [""; 0], "left after {signal}");
    }
}

/// Puts a pipe in the place of an included file: a program that opens it waits.
#[cfg(unix)]
fn put_pipe(repository: &Repository, file: &str) {
    let made = Command::new("mkfifo").arg(repository.path().join("pipe")).status();
    assert!(made.expect("`mkfifo` is there").success());
    fs::rename(repository.path().join("pipe"), repository.path().join(file))
        .expect("it can be put in its place");
}

/// Waits until somebody reads the pipe.
#[cfg(unix)]
fn is_read(repository: &Repository, file: &str) -> fs::File {
    let path = repository.path().join(file);
    let (sender, opened) = mpsc::channel();
    thread::spawn(move || sender.send(fs::File::options().write(true).open(path)));
    let opened = opened.recv_timeout(LIMIT).expect("it is read in time");
    opened.expect("it can be opened")
}

#[test]
#[cfg(unix)]
fn leaves_nothing_when_told_to_end_in_the_first_build() {
    const INCLUDED: &str = "examples/included.txt";
    for signal in SIGNALS {
        for args in [&["--port", "0", "--no-open"][..], &["build"]] {
            let repository = Repository::new();
            repository.append(FIRST, &format!("\n{{{{#include ../{INCLUDED}}}}}\n"));
            put_pipe(&repository, INCLUDED);
            let mut book = Served::spawn(command(&repository, args));
            let checked = is_read(&repository, INCLUDED);
            put_pipe(&repository, INCLUDED);
            drop(checked);
            let rendered = is_read(&repository, INCLUDED); // by mdBook
            assert_ne!(left(&repository), [""; 0]);

            book.signal(signal);
            repository.write(INCLUDED, "");
            drop(rendered);
            book.ends();
            let mut left = left(&repository);
            left.retain(|name| name != "book"); // which was whole
            assert_eq!(left, [""; 0], "left by {args:?} after {signal}");
        }
    }
}

#[test]
#[cfg(unix)]
fn ends_at_once_with_a_second_ctrl_c() {
    const INCLUDED: &str = "examples/included.txt";
    let repository = Repository::new();
    repository.append(FIRST, &format!("\n{{{{#include ../{INCLUDED}}}}}\n"));
    put_pipe(&repository, INCLUDED);
    let mut book = Served::spawn(repository.command(&["build"]));
    let _read = is_read(&repository, INCLUDED);
    let deadline = Instant::now() + LIMIT;
    // Two that come at the same moment are one.
    while book.child.try_wait().expect("it can be looked at").is_none() {
        assert!(Instant::now() < deadline, "it does not end in time");
        book.signal("INT");
    }
}

#[test]
fn removes_what_a_killed_one_left_but_not_what_another_uses() {
    let repository = Repository::new();
    let mut killed = Served::start(&repository);
    killed.child.kill().expect("it can be killed");
    killed.child.wait().expect("it can be waited for");
    let of_killed = left(&repository);
    assert_eq!(of_killed.len(), 1);

    let first = Served::start(&repository);
    assert_eq!(left(&repository).len(), 1);
    assert_ne!(left(&repository), of_killed);
    let second = Served::start(&repository);
    assert_eq!(left(&repository).len(), 2);
    repository.builds();
    has(&first.get("/"), "Welcome");
    has(&second.get("/"), "Welcome");
}
