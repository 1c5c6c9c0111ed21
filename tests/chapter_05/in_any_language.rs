//! `WORKBOOK_SERVER` and `WORKBOOK_CLIENT`, proved on programs in Python.

use std::env;
use std::process::{Command, Output};

/// Runs these checks of this kind, `server` or `client`, with this fixture of the classroom
/// in place of ours, and gives it so many seconds: a right program needs none, but on a busy machine
/// it may take a while to start. `None`, and a line that says so, if there is no Python.
fn check(
    kind: &str,
    checks: &[&str],
    fixture: &str,
    seconds: &str,
) -> Option<(Output, String)> {
    let python = if cfg!(windows) { "python" } else { "python3" };
    if Command::new(python).arg("--version").output().is_err() {
        assert!(env::var_os("CI").is_none(), "{python} is missing");
        eprintln!(
            "SKIPPED: {python} is missing, which runs the programs in another language"
        );
        return None;
    }
    let this = env::current_exe().expect("this program has a path");
    let command = format!("{python} classroom/tests/fixtures/{fixture}");
    let output = Command::new(this)
        .args(checks.iter().map(|name| format!("chapter_05::{kind}::{name}")))
        .env_remove("WORKBOOK_SERVER")
        .env_remove("WORKBOOK_CLIENT")
        .env(format!("WORKBOOK_{}", kind.to_uppercase()), command)
        .env("GRADER_SECONDS", seconds)
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("this program can be run");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((output, told))
}

#[test]
fn a_server_in_python_passes() {
    if let Some((output, told)) = check("server", &[""], "server.py {port}", "20") {
        assert!(output.status.success(), "{told}");
        let passed = format!("{} passed; 0 failed", grader::chapter_05::SERVER.len());
        assert!(told.contains(&passed), "{told}");
    }
}

#[test]
fn a_client_in_python_passes() {
    if let Some((output, told)) = check("client", &[""], "client.py {host} {port}", "20") {
        assert!(output.status.success(), "{told}");
        let passed = format!("{} passed; 0 failed", grader::chapter_05::CLIENT.len());
        assert!(told.contains(&passed), "{told}");
    }
}

/// Faults fail, each with a story that a student understands.
#[test]
fn a_server_with_the_articles_faults_fails_with_stories() {
    let checks =
        ["newline_before_exit", "end_of_stream", "glued_names", "one_write_a_turn"];
    let Some((output, told)) = check("server", &checks, "faulty_server.py {port}", "3") else {
        return;
    };
    assert!(!output.status.success(), "{told}");
    for story in [
        "a client at a terminal sent \"Michael\\n\"",
        "your server takes the line's end for a part of the name",
        "your server does not look for the end of the stream",
        "your server takes what one read returns for one name",
        "your server sent a turn in two pieces", // the stall
    ] {
        assert!(told.contains(story), "expected {story}\nin\n{told}");
    }
}

/// Runs these tests with a variable set to this.
fn with(name: &str, value: &str, tests: &str) -> Output {
    Command::new(env::current_exe().expect("this program has a path"))
        .arg(tests)
        .env_remove("WORKBOOK_SERVER")
        .env_remove("WORKBOOK_CLIENT")
        .env(name, value)
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("this program can be run")
}

/// Also when all is well, and before anything else.
#[test]
fn it_is_told_whose_programs_are_checked() {
    let output = with("WORKBOOK_CLIENT", "my_client {port}", "chapter_05::about");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let expected = [
        "chapter_05::server checks: the book's, 05_threaded_server (WORKBOOK_SERVER is not set)",
        "chapter_05::client checks: yours, `my_client {port}` (WORKBOOK_CLIENT)",
    ];
    assert!(expected.iter().all(|line| told.contains(line)), "{told}");
}

/// With a typo in its name, our own programs would be checked instead.
#[test]
fn a_variable_that_means_nothing_is_an_error() {
    for test in ["chapter_05::server::conversation", "chapter_05::client::transcript"] {
        let output = with("WORKBOOK_SEVER", "my_server {port}", test);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success(), "{told}");
        assert!(told.contains("WORKBOOK_SEVER means nothing here"), "{told}");
    }
}
