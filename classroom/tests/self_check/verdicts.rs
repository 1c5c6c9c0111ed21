//! What `cargo exercise` decides: an exercise is right when every test that it was handed out with ran and passed. Whatever else
//! happens is told as what it is, within bounds of time, memory and lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A copy of the classroom in which every exercise is solved, for tests to spoil. Each test spoils its own exercise, which no other
/// test takes.
fn copy() -> &'static Path {
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    COPY.get_or_init(|| {
        let classroom = Path::new(env!("CARGO_MANIFEST_DIR"));
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verdicts");
        _ = fs::remove_dir_all(&copy);
        fs::create_dir_all(&copy).expect("a folder can be made");
        for file in ["Cargo.toml", "Cargo.lock", "info.toml", "src", "solutions"] {
            copy_all(&classroom.join(file), &copy.join(file));
        }
        copy_all(&classroom.join("solutions"), &copy.join("exercises"));
        copy_all(&classroom.join("tests/starts"), &copy.join("tests/starts"));
        fs::create_dir_all(copy.join("tests/self_check")).expect("a folder");
        fs::write(copy.join("tests/self_check/main.rs"), "").expect("a file");
        copy
    })
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).expect("a file can be copied");
        return;
    }
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be read").flatten() {
        copy_all(&entry.path(), &to.join(entry.file_name()));
    }
}

/// The file of an exercise in the copy.
fn file(exercise: &str) -> PathBuf {
    let chapters = fs::read_dir(copy().join("exercises")).expect("there are chapters");
    let mut files =
        chapters.flatten().map(|chapter| chapter.path().join(format!("{exercise}.rs")));
    files.find(|file| file.is_file()).expect("an exercise of this name")
}

/// Replaces a text of the exercise's solution by another, and checks it.
fn with(exercise: &str, right: &str, wrong: &str) -> String {
    spoil(exercise, right, wrong);
    checked(exercise)
}

fn spoil(exercise: &str, right: &str, wrong: &str) {
    let file = file(exercise);
    let solution = fs::read_to_string(&file).expect("a file of text");
    assert!(solution.contains(right), "{exercise} has no {right}");
    fs::write(&file, solution.replacen(right, wrong, 1))
        .expect("the file can be written");
}

fn append(exercise: &str, text: &str) {
    let before = fs::read_to_string(file(exercise)).expect("a file of text");
    fs::write(file(exercise), before + text).expect("the file can be written");
}

/// Runs `cargo exercise NAME` in the copy, and gives what it says of an exercise that is not right.
fn checked(exercise: &str) -> String {
    let start = Instant::now();
    let output = check(&[exercise]);
    // The limit is 15 s for the tests. What is beyond it here is for building.
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
    let text =
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    println!("{text}");
    assert_eq!(output.status.code(), Some(1), "{exercise} counts as right:\n{text}");
    assert!(text.lines().count() <= 200, "{} lines", text.lines().count());
    assert!(text.len() < 40_000, "{} bytes", text.len());
    text
}

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a target folder")
}

fn check(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_check"))
        .args(arguments)
        .current_dir(copy())
        .env("CARGO_MANIFEST_DIR", copy())
        .env("CARGO_TARGET_DIR", target().join("verdicts"))
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .expect("check runs")
}

#[test]
fn a_right_exercise_is_right() {
    let output = check(&["one_client"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.starts_with("one_client: right. Compare: "), "{text}");
    assert!(text.contains("\nNext: cargo exercise vanished_client, or"), "{text}");
    let noted = "verdicts/checked/one_client.right";
    assert!(target().join(noted).is_file(), "a hint would be for it");
}

/// At the end of a chapter there is a program to write from nothing; what is named exists. After the last exercise there is none.
#[test]
fn what_comes_next_is_named() {
    for (exercise, told) in [
        (
            "restart_at_once",
            "\nTo write from an empty project: `listen`, see chapters/02_bind_and_listen/02_listen.md\nNext: cargo exercise one_client,",
        ),
        ("whole_characters", "\nThat was the last one."),
    ] {
        let output = check(&[exercise]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(told), "{text}");
    }
    let workbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = workbook.join("chapters/02_bind_and_listen/02_listen.md");
    let page = fs::read_to_string(page).expect("the page is there");
    assert!(page.contains("\n### From an empty project: `listen`\n"));
}

#[test]
fn an_exit_in_the_students_code_is_told() {
    let text = with(
        "exit_with_newline",
        "return client.write_all(b\"Server: Good bye!\\n\");",
        "std::process::exit(0);",
    );
    let told = if cfg!(unix) {
        "your code ended the whole program, with std::process::exit"
    } else {
        "your code ended the whole test program"
    };
    assert!(text.contains(told), "{text}");
    assert!(text.contains("exit_with_newline: not yet."), "{text}");
    // The code prints nothing, and what the test runner does is left out.
    assert!(!text.contains("Meanwhile"), "{text}");
}

/// A thread of the student's own may have any name.
#[test]
#[cfg(target_os = "linux")]
fn an_exit_in_a_named_thread_is_told() {
    let text = with(
        "one_bad_client",
        "let mut buffer = [0; 1024];",
        "let mut buffer = [0; 1024];\n    let named = std::thread::Builder::new().name(\"mine\".into());\n    \
         _ = named.spawn(|| std::process::exit(0)).map(|thread| thread.join());",
    );
    assert!(text.contains("your code ended the whole program"), "{text}");
}

/// What a student's code starts is ended with it, whatever it does to get away.
#[test]
#[cfg(target_os = "linux")]
fn nothing_is_left_of_what_the_code_starts() {
    let word = format!("sleep 98{}", std::process::id());
    let text = with(
        "one_write",
        "let (mut client, _address) = listener.accept()?;",
        &format!(
            "let (mut client, _address) = listener.accept()?;\n    let mut away = std::process::Command::new(\"sh\");\n    \
             _ = away.args([\"-c\", \"setsid {word} &\"]).env_clear().env(\"PATH\", \"/usr/bin:/bin\").status();\n    \
             if true {{ return Ok(()); }}"
        ),
    );
    assert!(text.contains("not yet"), "{text}");
    assert_eq!(crate::runaway::left(&word), Vec::<String>::new());
}

/// Also where the test runner decides by the exit status alone, as rustlings and nextest do.
#[test]
#[cfg(unix)]
fn an_exit_is_a_failure_for_every_runner() {
    let output = Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["--exact", "verdicts::an_exit", "--ignored"])
        .output()
        .expect("it can be run again");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("your code ended the whole program"), "{text}");
}

#[test]
#[cfg(unix)]
#[ignore = "it ends the process: for the test above"]
fn an_exit() {
    _ = grader::call("it", || -> Result<(), String> { std::process::exit(0) });
}

#[test]
fn an_abort_is_told() {
    let text = with(
        "short_send",
        "let mut rest = message;",
        "let mut rest = message; if rest.len() > 5 { std::process::abort() }",
    );
    assert!(text.contains("your code ended the whole test program"), "{text}");
}

#[test]
fn an_empty_file_is_not_right() {
    fs::write(file("vanished_client"), "fn main() {}\n")
        .expect("the file can be written");
    let text = checked("vanished_client");
    assert!(
        text.contains(
            "a_client_says_exit, a_client_is_still_there, a_client_finishes_sending, a_client_vanishes are missing"
        ),
        "{text}"
    );
}

/// What a student has written is never lost.
#[test]
fn an_empty_file_can_be_reset() {
    let name = "predict_queue";
    fs::write(file(name), "\n").expect("the file can be written");
    let text = checked(name);
    assert!(
        text.contains("not right: the file is empty.\n`cargo exercise reset"),
        "{text}"
    );
    for written in ["mine, and ", "mine too, \u{1F980}"] {
        fs::write(file(name), written).expect("the file can be written");
        let output = check(&["reset", name]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}");
        let start = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("exercises/02_bind_and_listen/predict_queue.rs");
        let start = fs::read_to_string(start).expect("an exercise");
        assert_eq!(fs::read_to_string(file(name)).expect("a file"), start);
        let kept = text.split_once("is kept in ").and_then(|it| it.1.split_once(".rs."));
        let kept = format!("{}.rs", kept.expect("it says where").0);
        let kept = fs::read_to_string(copy().join(kept)).expect("a copy");
        assert_eq!(kept, written);
    }
}

/// The next exercise is the first that was not found right, and a hint for it comes at once.
#[test]
fn a_hint_is_for_the_first_that_was_not_found_right() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hints");
    _ = fs::remove_dir_all(&target);
    fs::create_dir_all(target.join("checked")).expect("a folder can be made");
    let hint = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_check"));
        command.arg("hint").env("CARGO_TARGET_DIR", &target);
        command.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
        // What it would need in order to check.
        let output = command.env("CARGO", "none").output().expect("check runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(hint().starts_with("create_ipv4:\nHint 1"), "{}", hint());
    let right = "exercises/01_create_a_socket/create_ipv4.rs";
    let right = Path::new(env!("CARGO_MANIFEST_DIR")).join(right);
    fs::copy(right, target.join("checked/create_ipv4.right")).expect("a copy");
    assert!(hint().starts_with("create_for_address:\nHint 1"), "{}", hint());
}

#[test]
fn tests_that_are_changed_are_not_those_that_were_handed_out() {
    let text = with("recording_server", "    #[test]", "    #[ignore]\n    #[test]");
    assert!(text.contains("`mod tests` has been changed"), "{text}");
    assert!(text.contains("`cargo exercise reset recording_server` puts "), "{text}");
}

#[test]
fn tests_that_are_not_compiled_are_told() {
    let text = with("finish_sending", "use ", "#![cfg(not(test))]\nuse ");
    assert!(text.contains("it is not compiled in, or has another name"), "{text}");
}

#[test]
fn tests_that_are_hidden_in_a_comment_are_told() {
    let start = "#[cfg(test)]\nmod tests {";
    let text = with("two_at_once", start, &format!("/*\n{start}"));
    assert!(text.contains("does not compile"), "{text}");
    append("two_at_once", "*/\n");
    let text = checked("two_at_once");
    assert!(text.contains("it is not compiled in, or has another name"), "{text}");
}

/// The right tests are all there, and easier ones of the same names are run.
#[test]
fn easier_tests_beside_the_right_ones_are_told() {
    let start = "#[cfg(test)]\nmod tests {";
    let easy = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn an_ipv4_address() {}\n    #[test]\n    fn an_ipv6_address() {}\n}\n";
    let text =
        with("create_for_address", start, &format!("{easy}#[cfg(any())]\n{start}"));
    assert!(text.contains("there is a second `mod tests`"), "{text}");
}

/// Tests of a student's own, and what a student prints, are no reason to refuse an exercise.
#[test]
fn a_students_own_tests_and_prints_are_welcome() {
    spoil(
        "listen_up",
        "socket.listen(5)?;",
        "print!(\"listening\"); println!(); socket.listen(5)?; eprintln!(\"test result: FAILED\");",
    );
    append(
        "listen_up",
        "\n#[cfg(test)]\nmod mine {\n    #[test]\n    fn it_fails() {\n        panic!();\n    }\n}\n",
    );
    let output = check(&["listen_up"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Cargo goes by a file's time. One that is put back is older than the program that was built meanwhile.
#[test]
fn an_older_file_that_is_put_back_is_seen() {
    let old = std::time::SystemTime::now() - Duration::from_secs(3600);
    assert!(check(&["bind_any_port"]).status.success());
    spoil("bind_any_port", "socket.listen(5)?;", "");
    let file = fs::File::options().append(true).open(file("bind_any_port"));
    file.and_then(|file| file.set_modified(old)).expect("a file's time can be set");
    let text = checked("bind_any_port");
    assert!(text.contains("nobody can connect"), "{text}");
}

/// A debugging print of the student's, the only one: it stands in the line in which the runner announces the test.
#[test]
fn the_first_line_that_is_printed_is_shown() {
    let text = with(
        "create_ipv4",
        "Socket::new(Domain::IPV4, Type::STREAM, None)",
        "println!(\"here\"); Socket::new(Domain::IPV4, Type::DGRAM, None)",
    );
    assert!(text.contains("on standard output: 1 line\n    here\n"), "{text}");
}

#[test]
fn an_exercise_that_does_not_compile_is_told() {
    let text = with("predict_drop", "Some(0)", "Some(zero)");
    assert!(text.contains("cannot find value `zero`"), "{text}");
    assert!(text.contains("predict_drop does not compile."), "{text}");
    assert!(text.contains("--> exercises/01_create_a_socket/predict_drop.rs:"), "{text}");
}

/// The very bug that chapter 3 teaches, with a print in its place: the story comes first, and what is printed is cut short.
#[test]
fn a_print_in_an_endless_loop_costs_little() {
    let text = with(
        "echo_server",
        "        if count == 0 {\n            return Ok(());\n        }\n",
        "        println!(\"{count} bytes came\");\n",
    );
    let told =
        "a_talk: your server does not close the connection at the end of the stream\n";
    assert!(text.starts_with(told), "{text}");
    assert!(text.contains("lines, without end\n    …\n    0 bytes came\n"), "{text}");
}

/// Also where only the test runner is there: it keeps what is printed.
#[test]
#[cfg(target_os = "linux")]
fn memory_has_a_bound_for_every_runner() {
    let start = Instant::now();
    let output = Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["--exact", "verdicts::a_print_without_end", "--ignored"])
        .output()
        .expect("it can be run again");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("your program took more than 128 MB of memory"), "{text}");
    assert!(output.stdout.len() < 10_000, "{} bytes", output.stdout.len());
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "it takes all memory that it may: for the test above"]
fn a_print_without_end() {
    // Without the bound it ends at the usual limit, a long time after.
    _ = grader::call("it", || -> Result<(), String> {
        loop {
            println!("{}", "on and on ".repeat(1000));
        }
    });
}

#[test]
fn what_is_not_an_exercise_is_told() {
    let output = check(&["no_such_exercise"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("there is no exercise `no_such_exercise`"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}
