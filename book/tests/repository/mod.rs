//! A repository with a small book, made for one test.

#![allow(dead_code)] // each of those who use it leaves something to the others

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

/// No test waits longer than this for anything.
pub const LIMIT: Duration = Duration::from_secs(60);

pub const FIRST: &str = "chapters/01_first.md";

/// A repository with a small book.
pub struct Repository(TempDir);

impl Repository {
    /// One with which all is well.
    pub fn new() -> Repository {
        let repository = Repository(TempDir::new().expect("there is room for a folder"));
        let settings = include_str!("../../book.toml");
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
            ("tests/transcripts/01_first/01_first.out.txt", "a first line\n"),
        ] {
            repository.write(file, text);
        }
        repository
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file: at once, so that a server sees one change.
    pub fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        let folder = path.parent().expect("the file is in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        let new = self.path().join("new");
        fs::write(&new, text).expect("the file can be written");
        fs::rename(new, path).expect("the file can be put in its place");
    }

    pub fn append(&self, file: &str, text: &str) {
        let text = self.read(file) + text;
        self.write(file, &text);
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).expect(file)
    }

    /// The page of the built book.
    pub fn page(&self, name: &str) -> String {
        self.read(&format!("target/book/{name}"))
    }

    /// `cargo book` with these arguments.
    pub fn book(&self, args: &[&str]) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::from(self.command(args));
        command.timeout(LIMIT);
        command
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("book"));
        command.args(args).arg("--root").arg(self.path()).env_remove("CARGO_TARGET_DIR");
        command
    }

    pub fn builds(&self) {
        self.book(&["build"]).assert().success().stderr("");
    }

    /// Checks that `cargo book build` fails with these lines, and leaves the last good book where it is.
    pub fn is_refused(&self, problems: &[&str]) {
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
    pub fn is_refused_with(&self, line: &str, why: &str) {
        self.append(FIRST, &format!("\n{line}\n"));
        assert_eq!(self.read(FIRST).lines().count(), 17);
        self.is_refused(&[&format!("{FIRST}:17: {why}")]);
    }
}

/// Checks that a page of the book has this in its text.
pub fn has(page: &str, part: &str) {
    let text = text_of(page);
    assert!(text.contains(part), "{part:?} is not in {text}");
}

pub fn has_not(page: &str, part: &str) {
    let text = text_of(page);
    assert!(!text.contains(part), "{part:?} is in {text}");
}

/// A page's text, without what the theme puts around it.
pub fn text_of(page: &str) -> &str {
    let text = page.split_once("<main>").and_then(|(_, it)| it.split_once("</main>"));
    text.unwrap_or_else(|| panic!("no page of the book: {page}")).0
}
