//! `cargo book` on small books, each made for its test: what it builds, what it refuses, what it serves.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use predicates::prelude::*;
use tempfile::TempDir;

/// No test waits longer than this for anything.
const LIMIT: Duration = Duration::from_secs(60);

const FIRST: &str = "chapters/01_first.md";

/// A repository with a small book.
struct Repository(TempDir);

impl Repository {
    /// One with which all is well.
    fn new() -> Repository {
        let repository = Repository(TempDir::new().expect("there is room for a folder"));
        let settings = include_str!("../book.toml");
        let settings = settings
            .lines()
            .filter(|line| !line.starts_with("additional-")) // the theme has tests of its own
            .collect::<Vec<_>>()
            .join("\n");
        for (file, text) in [
            ("book/book.toml", settings.as_str()),
            (
                "chapters/SUMMARY.md",
                "# Summary\n\n[Welcome](welcome.md)\n\n- [First](01_first.md)\n",
            ),
            (
                "chapters/welcome.md",
                "# Welcome\n\nGo to [the first run](01_first.md#run-it).\n",
            ),
            (
                FIRST,
                "# First\n\n{{#minutes 20}}\n\n```rust,noplayground\n{{#include ../examples/01_first.rs:main}}\n```\n\n\
                 ## Run it\n\n{{#terminals 01_first}}\n\nThe [whole program](../examples/01_first.rs), \
                 [again][program], and [welcome](welcome.md).\n\n[program]: ../examples/01_first.rs\n",
            ),
            (
                "examples/01_first.rs",
                "//! The first.\n\n// ANCHOR: main\nfn main() {\n    println!(\"a first line\");\n}\n// ANCHOR_END: main\n",
            ),
            ("tests/transcripts/01_first.txt", "a first line\n"),
        ] {
            repository.write(file, text);
        }
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file: at once, so that a server sees one change.
    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        let folder = path.parent().expect("the file is in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        let new = self.path().join("new");
        fs::write(&new, text).expect("the file can be written");
        fs::rename(new, path).expect("the file can be put in its place");
    }

    fn append(&self, file: &str, text: &str) {
        let text = self.read(file) + text;
        self.write(file, &text);
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).expect(file)
    }

    /// The page of the built book.
    fn page(&self, name: &str) -> String {
        self.read(&format!("target/book/{name}"))
    }

    /// `cargo book` with these arguments.
    fn book(&self, args: &[&str]) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::from(self.command(args));
        command.timeout(LIMIT);
        command
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("book"));
        command.args(args).arg("--root").arg(self.path()).env_remove("CARGO_TARGET_DIR");
        command
    }

    fn builds(&self) {
        self.book(&["build"]).assert().success().stderr("");
    }

    /// Checks that `cargo book build` fails with these lines, and leaves the last good book where it is.
    fn is_refused(&self, problems: &[&str]) {
        self.write("target/book/index.html", "the last good book");
        self.write("target/book/toc.html", "its contents");
        let output = self.book(&["build"]).assert().code(1).stdout("");
        let told = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        let told: Vec<&str> = told.lines().collect();
        let (error, told) = told.split_last().expect("something is told");
        assert_eq!(told, problems, "told on standard error");
        assert!(error.starts_with("error: the book has "), "{error}");
        assert_eq!(self.page("index.html"), "the last good book");
        let left: Vec<_> = fs::read_dir(self.path().join("target"))
            .expect("the folder is there")
            .map(|entry| entry.expect("it can be read").file_name())
            .collect();
        assert_eq!(left, ["book"], "nothing else is left in the target folder");
    }

    /// Checks that the book is refused once this line stands at the end of its first page, where it is line 17.
    fn is_refused_with(&self, line: &str, why: &str) {
        self.append(FIRST, &format!("\n{line}\n"));
        assert_eq!(self.read(FIRST).lines().count(), 17);
        self.is_refused(&[&format!("{FIRST}:17: {why}")]);
    }
}

/// Checks that a page of the book has this in its text.
fn has(page: &str, part: &str) {
    let text = text_of(page);
    assert!(text.contains(part), "{part:?} is not in {text}");
}

fn has_not(page: &str, part: &str) {
    let text = text_of(page);
    assert!(!text.contains(part), "{part:?} is in {text}");
}

/// A page's text, without what the theme puts around it.
fn text_of(page: &str) -> &str {
    let text = page.split_once("<main>").and_then(|(_, it)| it.split_once("</main>"));
    text.unwrap_or_else(|| panic!("no page of the book: {page}")).0
}

#[test]
fn builds_a_good_book() {
    let repository = Repository::new();
    repository
        .book(&["build"])
        .assert()
        .success()
        .stdout(predicate::str::contains("target"))
        .stderr("");
    let page = repository.page("01_first.html");
    for part in [
        "<p class=\"minutes\">About 20 minutes</p>",
        "println!(\"a first line\");",
        "a first line\n</pre>",
        "<a href=\"examples/01_first.rs\">whole program</a>",
        "<a href=\"examples/01_first.rs\">again</a>",
    ] {
        has(&page, part);
    }
    assert!(!page.contains("WebSocket"), "a built page waits for no server");
    assert_eq!(
        repository.page("examples/01_first.rs"),
        repository.read("examples/01_first.rs")
    );
    has(&repository.page("print.html"), "About 20 minutes");
}

#[test]
fn builds_into_another_folder_but_not_in_the_place_of_something_else() {
    let repository = Repository::new();
    let dest = repository.path().join("elsewhere");
    let dest = dest.to_str().expect("a temporary folder has a plain name");
    for _ in 0..2 {
        repository.book(&["build", "--dest", dest]).assert().success();
    }
    has(&repository.read("elsewhere/index.html"), "Welcome");

    let examples = repository.path().join("examples");
    repository
        .book(&["build", "--dest", &examples.to_string_lossy()])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("holds something else than a book"));
    repository.read("examples/01_first.rs");
}

#[test]
fn shows_no_marks_of_anchors() {
    let repository = Repository::new();
    repository.append(FIRST, "\n```rust\n{{#include ../examples/01_first.rs}}\n```\n");
    repository.builds();
    let page = repository.page("01_first.html");
    has(&page, "//! The first.");
    has_not(&page, "ANCHOR");
}

#[test]
fn leaves_code_and_what_is_escaped_alone() {
    let repository = Repository::new();
    repository.append(FIRST, "\n`{{#minutes 7}}` and `\\{{#include nothing.rs}}`\n");
    repository.append(FIRST, "\n```text\n{{#terminals nothing}} {{#each}}\n```\n");
    repository.builds();
    let page = repository.page("01_first.html");
    has(&page, "<code>{{#minutes 7}}</code>");
    has(&page, "<code>{{#include nothing.rs}}</code>");
    has(&page, "{{#terminals nothing}} {{#each}}");
}

#[test]
fn adds_up_a_timetable() {
    let repository = Repository::new();
    repository.append(FIRST, "\n{{#timetable 90 01_first a_break:45 01_first}}\n");
    repository.builds();
    let page = repository.page("01_first.html");
    has(&page, "<td>0:00</td><td><a href=\"01_first.html\">First</a></td><td>20</td>");
    has(&page, "<td>0:20</td><td>a break</td><td>45</td>");
    has(&page, "<td>1:25</td><td>the end</td><td>85 of 90</td>");
}

#[test]
fn refuses_a_timetable_that_does_not_add_up() {
    Repository::new().is_refused_with(
        "{{#timetable 60 01_first a_break:45}}",
        "{{#timetable 60 01_first a_break:45}}: takes 65 minutes, which is 5 more than 60",
    );
    Repository::new().is_refused_with(
        "{{#timetable 60 welcome}}",
        "{{#timetable 60 welcome}}: `welcome` is neither a page with its `{{#minutes …}}`, nor an exercise, nor `WHAT:MINUTES`",
    );
}

#[test]
fn refuses_an_include_of_a_file_that_is_missing() {
    Repository::new().is_refused_with(
        "{{#include ../examples/02_second.rs}}",
        "{{#include ../examples/02_second.rs}}: there is no `examples/02_second.rs`",
    );
}

#[test]
fn refuses_an_include_of_an_anchor_that_is_missing() {
    Repository::new().is_refused_with(
        "{{#rustdoc_include ../examples/01_first.rs:listen}}",
        "{{#rustdoc_include ../examples/01_first.rs:listen}}: `examples/01_first.rs` has no anchor `listen`",
    );
}

#[test]
fn refuses_an_anchor_without_an_end_and_one_without_lines() {
    let repository = Repository::new();
    repository.append(
        "examples/01_first.rs",
        "// ANCHOR: open\n// ANCHOR: none\n\n// ANCHOR_END: none\n",
    );
    repository.append(FIRST, "\n{{#include ../examples/01_first.rs:open}}\n{{#include ../examples/01_first.rs:none}}\n");
    repository.is_refused(&[
        "chapters/01_first.md:17: {{#include ../examples/01_first.rs:open}}: \
         `examples/01_first.rs` has no end of its anchor `open`",
        "chapters/01_first.md:18: {{#include ../examples/01_first.rs:none}}: \
         `examples/01_first.rs` has nothing between the marks of its anchor `none`",
    ]);
}

#[test]
fn refuses_an_include_of_lines_that_are_missing() {
    Repository::new().is_refused_with(
        "{{#include ../examples/01_first.rs:3:9}}",
        "{{#include ../examples/01_first.rs:3:9}}: `examples/01_first.rs` has no line 9: it has 7",
    );
}

#[test]
fn refuses_an_include_that_is_not_closed() {
    Repository::new().is_refused_with(
        "{{#include ../examples/01_first.rs",
        "{{#include ../examples/01_first.rs: lacks its closing braces",
    );
}

#[test]
fn refuses_an_include_without_a_file() {
    Repository::new().is_refused_with("{{#include }}", "{{#include }}: names no file");
}

#[test]
fn refuses_a_directive_that_there_is_not() {
    Repository::new().is_refused_with(
        "{{#minuets 20}}",
        "{{#minuets 20}}: there is no such directive",
    );
}

#[test]
fn refuses_a_directive_in_the_middle_of_a_line() {
    Repository::new().is_refused_with(
        "Takes {{#minutes 20}}",
        "{{#minutes 20}}: has to stand on a line of its own",
    );
}

#[test]
fn refuses_a_directive_that_fails() {
    Repository::new().is_refused_with(
        "{{#terminals 02_second}}",
        "{{#terminals 02_second}}: there is no transcript tests/transcripts/02_second.txt",
    );
    Repository::new().is_refused_with(
        "{{#minutes twenty}}",
        "{{#minutes twenty}}: `twenty` is no number of minutes",
    );
}

#[test]
fn refuses_a_link_to_a_page_that_is_missing() {
    Repository::new().is_refused_with(
        "To [the second](02_second.md).",
        "`02_second.md` leads nowhere: the book has no `02_second.html`",
    );
}

#[test]
fn refuses_a_link_to_a_heading_that_is_missing() {
    Repository::new().is_refused_with(
        "See [above](#walk-it).",
        "`#walk-it` leads nowhere: `01_first.html` has no heading or other place `#walk-it`",
    );
    Repository::new().is_refused_with(
        "See [before](welcome.md#walk-it).",
        "`welcome.md#walk-it` leads nowhere: `welcome.html` has no heading or other place `#walk-it`",
    );
}

#[test]
fn refuses_a_broken_link_in_html_and_a_missing_picture() {
    Repository::new().is_refused_with(
        "<a href=\"nowhere.html\">There</a>",
        "`nowhere.html` leads nowhere: the book has no `nowhere.html`",
    );
    Repository::new().is_refused_with(
        "![The parcel](figures/parcel.svg)",
        "`figures/parcel.svg` leads nowhere: the book has no `figures/parcel.svg`",
    );
}

#[test]
fn refuses_a_link_out_of_the_book() {
    Repository::new().is_refused_with(
        "The [manifest](../Cargo.toml).",
        "`../Cargo.toml` leads out of the book",
    );
}

#[test]
fn allows_links_to_other_hosts_but_loads_nothing_from_them() {
    let repository = Repository::new();
    repository.append(
        "chapters/welcome.md",
        "\n[RFC 9293](https://www.rfc-editor.org/rfc/rfc9293)\n",
    );
    repository.builds();
    for (line, address) in [
        ("![logo](https://example.com/logo.svg)", "https://example.com/logo.svg"),
        ("<script src=\"//example.com/x.js\"></script>", "//example.com/x.js"),
        (
            "<p style=\"background: url('http://example.com/x.png')\">A</p>",
            "http://example.com/x.png",
        ),
    ] {
        let why = format!("`{address}` is loaded from another host");
        Repository::new().is_refused_with(line, &why);
    }
}

#[test]
fn refuses_styles_of_the_theme_that_load_from_other_hosts() {
    let repository = Repository::new();
    repository
        .write("book/theme/css/print.css", "@import \"https://example.com/font.css\";\n");
    repository.book(&["build"]).assert().code(1).stderr(predicate::str::contains(
        "`https://example.com/font.css` is loaded from another host",
    ));
}

#[test]
fn refuses_html_that_is_not_closed() {
    let repository = Repository::new();
    repository.append(FIRST, "\n<div>\n");
    repository.is_refused(&[
        "chapters/01_first.md: unclosed HTML tag `<div>` found in `01_first.md`",
    ]);
}

#[test]
fn refuses_what_no_page_shows() {
    let repository = Repository::new();
    repository.write("examples/02_second.rs", "fn main() {}\n");
    repository.write("tests/transcripts/02_second.err.txt", "\n");
    repository.write("chapters/recordings/02_second.json", "{}\n");
    repository.write("chapters/02_second.md", "# Second\n");
    repository.is_refused(&[
        "chapters/02_second.md: chapters/SUMMARY.md does not list this page",
        "chapters/recordings/02_second.json: no page shows this recording",
        "examples/02_second.rs: no page includes this program",
        "tests/transcripts/02_second.err.txt: no page shows this transcript",
    ]);
}

#[test]
fn refuses_a_listed_page_that_is_missing_and_tells_of_all_else_too() {
    let repository = Repository::new();
    repository.append("chapters/SUMMARY.md", "- [Second](02_second.md)\n");
    repository.append(FIRST, "\n{{#include nothing.txt}}\n");
    repository.is_refused(&[
        "chapters/01_first.md:17: {{#include nothing.txt}}: there is no `chapters/nothing.txt`",
        "chapters/SUMMARY.md:6: there is no `chapters/02_second.md`",
    ]);
}

#[test]
fn builds_a_draft_of_a_book_with_problems() {
    let repository = Repository::new();
    repository.append(FIRST, "\n[nowhere](nowhere.md)\n");
    repository.append("chapters/SUMMARY.md", "- [Second](02_second.md)\n");
    repository
        .book(&["build", "--draft"])
        .assert()
        .success()
        .stderr(predicate::str::starts_with("chapters/01_first.md:17: "));
    has(&repository.page("01_first.html"), "nowhere");
}

#[test]
fn says_in_one_line_what_is_wrong_with_the_command() {
    let repository = Repository::new();
    for (args, why) in [
        (&["bild"][..], "there is no command `bild`"),
        (&["--prot", "1"], "invalid option '--prot'"),
        (&["--port", "70000"], "70000"),
        (&["build", "--port", "1"], "invalid option '--port'"),
        (&["--dest", "x"], "invalid option '--dest'"),
        (&["build", "more"], "unexpected argument \"more\""),
    ] {
        repository
            .book(args)
            .assert()
            .code(1)
            .stdout("")
            .stderr(
                predicate::str::starts_with("error: ").and(predicate::str::contains(why)),
            )
            .stderr(predicate::str::contains("cargo book --help"))
            .stderr(predicate::function(|told: &str| told.lines().count() == 1));
    }
}

#[test]
fn helps() {
    let help = Repository::new().book(&["--help"]).assert().success();
    help.stdout(predicate::str::contains("cargo book build"));
}

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
