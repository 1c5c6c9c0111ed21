//! Servers in Python with one fault each: the check of that fault refuses them.

use grader::chapter_05::SERVER;
use std::process::Command;

/// The checks that `one_fault.py FAULT` fails, of those that are about these faults, and their stories. `None` if there is no
/// Python.
fn failing(fault: &str) -> Option<(Vec<&'static str>, String)> {
    let python = ["python3", "python"].into_iter().find(|python| {
        let version = Command::new(python).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    });
    let Some(python) = python else {
        assert!(std::env::var_os("CI").is_none(), "python3 is needed here");
        println!("skipped: there is no python3");
        return None;
    };
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/one_fault.py");
    let command = format!("{python} -B '{fixture}' {fault} {{port}}");
    let (mut names, mut stories) = (Vec::new(), String::new());
    let ours = ["spaces_in_names", "exit_in_names", "restart"];
    for (name, check) in SERVER.iter().filter(|(name, _)| ours.contains(name)) {
        let graded = grader::server_program(&command).and_then(|program| check(&program));
        if let Err(story) = graded {
            names.push(*name);
            stories.push_str(&story.to_string());
        }
    }
    Some((names, stories))
}

fn refused(fault: &str, by: &[&str], told: &[&str]) {
    let Some((names, stories)) = failing(fault) else { return };
    assert_eq!(names, by, "{stories}");
    for told in told {
        assert!(stories.contains(told), "{told} is not in the story:\n{stories}");
    }
}

#[test]
fn a_server_that_trims() {
    // ` exit` is `exit` to it.
    let told = ["a client with spaces sent \" Mr Right \"", "\"Server: Hello Mr Right!"];
    refused("trims", &["spaces_in_names", "exit_in_names"], &told);
}

#[test]
fn a_server_that_finds_exit_anywhere() {
    let told = ["sent \"exit stage left\"", "received  \"Server: Good bye!\\n\""];
    refused("finds_exit", &["exit_in_names"], &told);
}

#[test]
#[cfg(unix)]
fn a_server_that_can_not_be_restarted() {
    let told = [
        "your server could not be started again on the port that it had just used",
        "Set SO_REUSEADDR on the listening socket before bind",
        "Address already in use",
    ];
    refused("no_reuse", &["restart"], &told);
}
