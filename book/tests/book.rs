//! `cargo book build` on small books, each made for its test: what it builds, and what it refuses.

mod repository;

use predicates::prelude::*;

use repository::{FIRST, Repository, has, has_not};

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
fn refuses_a_program_that_is_not_shown_to_its_end() {
    let repository = Repository::new();
    repository.append("examples/01_first.rs", "\nfn second() {}\n");
    repository.is_refused(&["examples/01_first.rs:9: no page shows this line"]);
}

#[test]
fn refuses_a_program_in_pieces_too_long_to_read() {
    let repository = Repository::new();
    let long =
        format!("\n// ANCHOR: long\n{}// ANCHOR_END: long\n", "// more\n".repeat(26));
    repository.append("examples/01_first.rs", &long);
    repository
        .append(FIRST, "\n```rust\n{{#include ../examples/01_first.rs:long}}\n```\n");
    repository.is_refused(&[
        "chapters/01_first.md:18: {{#include ../examples/01_first.rs:long}}: \
         shows 26 lines, more than 25: too many for one look",
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
        "{{#terminals 02_second}}: there is no transcript in tests/transcripts/02_second/",
    );
    Repository::new().is_refused_with(
        "{{#minutes twenty}}",
        "{{#minutes twenty}}: `twenty` isn't a number of minutes",
    );
}

#[test]
fn refuses_a_link_to_a_page_that_is_missing() {
    Repository::new().is_refused_with(
        "To [the second](02_second.md).",
        "`02_second.md` is a broken link: the book has no `02_second.html`",
    );
}

#[test]
fn refuses_a_link_to_a_heading_that_is_missing() {
    Repository::new().is_refused_with(
        "See [above](#walk-it).",
        "`#walk-it` is a broken link: `01_first.html` has no heading or other place `#walk-it`",
    );
    Repository::new().is_refused_with(
        "See [before](welcome.md#walk-it).",
        "`welcome.md#walk-it` is a broken link: `welcome.html` has no heading or other place `#walk-it`",
    );
}

#[test]
fn refuses_a_broken_link_in_html_and_a_missing_picture() {
    Repository::new().is_refused_with(
        "<a href=\"nowhere.html\">There</a>",
        "`nowhere.html` is a broken link: the book has no `nowhere.html`",
    );
    Repository::new().is_refused_with(
        "![The parcel](figures/parcel.svg)",
        "`figures/parcel.svg` is a broken link: the book has no `figures/parcel.svg`",
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
    repository.write("tests/transcripts/02_second/02_second.err.txt", "\n");
    repository.write("chapters/02_second.json", "{}\n");
    repository.write("chapters/02_second.md", "# Second\n");
    repository.is_refused(&[
        "chapters/02_second.json: no page shows this recording",
        "chapters/02_second.md: chapters/SUMMARY.md does not list this page",
        "examples/02_second.rs: no page includes this program",
        "tests/transcripts/02_second/02_second.err.txt: no page shows this transcript",
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

/// Links that lead somewhere else in the repository are allowed; no draft has what is outside.
#[test]
#[cfg(unix)]
fn refuses_links_out_of_the_repository() {
    use std::os::unix::fs::symlink;

    let outside = tempfile::tempdir().expect("there is room for a folder");
    let outside = outside.path().canonicalize().expect("it is there");
    std::fs::write(outside.join("secret.txt"), "a secret\n").expect("it can be written");
    let secret = outside.join("secret.txt");

    let repository = Repository::new();
    repository.write("README.md", "# Read me\n");
    symlink("../README.md", repository.path().join("chapters/inside.txt"))
        .expect("links work");
    repository.builds();
    assert_eq!(repository.page("inside.txt"), "# Read me\n");

    for (link, to) in [
        ("chapters/figure.svg", &secret),
        ("chapters/figures", &outside),
        ("examples/01_first.txt", &secret),
        ("tests/transcripts/02_second.txt", &secret),
        ("book/theme", &outside),
    ] {
        let repository = Repository::new();
        symlink(to, repository.path().join(link)).expect("links work");
        repository.is_refused(&[&format!(
            "{link}: is a link to {}, outside the repository",
            to.display()
        )]);
        repository.book(&["build", "--draft"]).assert().code(1);
    }

    let repository = Repository::new();
    symlink(&outside, repository.path().join("classroom")).expect("links work");
    repository.append(FIRST, "\n{{#include ../classroom/secret.txt}}\n");
    let why = format!("is a link to {}, outside the repository", secret.display());
    repository.is_refused(&[&format!("classroom/secret.txt: {why}")]);
    repository.book(&["build", "--draft"]).assert().code(1);

    let repository = Repository::new();
    symlink(".", repository.path().join("chapters/round")).expect("links work");
    repository
        .is_refused(&["chapters/round: is a link to chapters, the folder that it is in"]);
}

#[test]
fn refuses_a_listed_page_from_outside() {
    let repository = Repository::new();
    repository.write("other.md", "# Other\n");
    repository.append("chapters/SUMMARY.md", "- [Other](../other.md)\n");
    repository.is_refused(&["chapters/SUMMARY.md:6: `../other.md` is outside chapters/"]);
    repository.book(&["build", "--draft"]).assert().success();
    let stray = repository.path().join("target/other.html");
    assert!(!stray.exists(), "a page beside the book");
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
