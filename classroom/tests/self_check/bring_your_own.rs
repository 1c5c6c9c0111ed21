//! The command `grade` on programs in Python: right ones pass, faulty ones fail with stories.

use crate::compare_with_promise;
use std::process::{Command, Output};

/// Python's command; `None`, and a line that says so, if there is none.
pub fn python() -> Option<&'static str> {
    let python = ["python3", "python"].into_iter().find(|python| {
        let version = Command::new(python).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    });
    if python.is_none() {
        assert!(std::env::var_os("CI").is_none(), "python3 is needed here");
        println!("skipped: there is no python3");
    }
    python
}

/// Grades a program of the fixtures; `None` if there is no Python. All checks have ten time limits together, which may be too
/// little on a machine that is busy with other things: then once more.
fn grade(what: &str, fixture: &str, places: &str, seconds: &str) -> Option<Output> {
    let python = python()?;
    let mut grade = Command::new(env!("CARGO_BIN_EXE_grade"));
    grade
        .args([what, &format!("{python} tests/fixtures/{fixture} {places}")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("GRADER_SECONDS", seconds);
    let mut output = grade.output().expect("grade runs");
    for _ in 0..4 {
        if !String::from_utf8_lossy(&output.stdout).contains("\nnot done when the ") {
            break;
        }
        output = grade.output().expect("grade runs");
    }
    Some(output)
}

#[test]
fn a_right_server_passes() {
    let Some(output) = grade("server", "server.py", "{port}", "10") else {
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert_eq!(
        text.matches("ok      server: ").count(),
        grader::chapter_05::SERVER.len(),
        "{text}"
    );
}

#[test]
fn a_right_line_server_passes() {
    let Some(output) = grade("lines", "line_server.py", "{port}", "10") else {
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let passed = text.matches("ok      lines: ").count();
    assert_eq!(passed, grader::chapter_06::LINES.len(), "{text}");
}

#[test]
fn a_right_client_passes() {
    let Some(output) = grade("client", "client.py", "{host} {port}", "10") else {
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert_eq!(
        text.matches("ok      client: ").count(),
        grader::chapter_05::CLIENT.len(),
        "{text}"
    );
}

#[test]
fn a_faulty_server_fails_with_stories() {
    let Some(output) = grade("server", "faulty_server.py", "{port}", "3") else {
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    if cfg!(target_os = "linux") {
        compare_with_promise("grade_faulty_server", &without_ports(&text));
    }
}

/// Most checks send names without a newline. The reason why they fail is told once.
#[test]
fn a_server_that_reads_lines_is_told_so_once() {
    let Some(output) = grade("server", "one_fault.py reads_lines", "{port}", "3") else {
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let fault = "waits for a newline that never comes";
    assert_eq!(text.matches(&format!("\nyour server {fault}\n")).count(), 1, "{text}");
    assert!(text.matches(&format!(", as before: it {fault}\n")).count() > 4, "{text}");
    assert!(!text.contains("said nothing"), "{text}");
}

#[test]
fn a_faulty_client_fails_with_stories() {
    let Some(output) = grade("client", "faulty_client.py", "{host} {port}", "3") else {
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    if cfg!(target_os = "linux") {
        compare_with_promise("grade_faulty_client", &without_ports(&text));
    }
}

#[test]
fn a_command_that_can_not_be_used() {
    for (command, complaint) in [
        ("no-such-program {port}", "`no-such-program "),
        ("python3 server.py", "write {port} or {addr} in it"),
        ("python3 \"server.py {port}", "can't be read"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_grade"))
            .args(["server", command])
            .output()
            .expect("grade runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(complaint), "{text}");
        // Once is enough.
        assert_eq!(text.matches(complaint).count(), 1, "{text}");
    }
}

/// What varies is taken out: ports, and what Python says of its errors.
fn without_ports(text: &str) -> String {
    let mut lines = String::new();
    let mut of_python = false;
    for line in text.lines() {
        of_python &= line.is_empty() || line.starts_with("      ");
        match line.split_once(".py ") {
            _ if of_python => continue,
            Some((command, rest)) => {
                let (_, rest) = rest.split_once('`').unwrap_or(("", rest));
                lines.push_str(&format!("{command}.py PORT`{rest}\n"));
            }
            None => lines.push_str(&format!("{line}\n")),
        }
        if line.ends_with("The end of its standard error:") {
            of_python = true;
            lines.push_str("      (…)\n\n");
        }
    }
    lines
}
