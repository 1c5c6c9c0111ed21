//! Commands that print or run without end, and commands that leave something running: graded within bounds of time, memory and
//! lines, and nothing of them is left.

#![cfg(target_os = "linux")]

use crate::bring_your_own::python;
use std::fs;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/server.py");

/// Grades a command that has this word in it, and sees that neither too much time, memory or text was needed nor anything is left.
fn grade(what: &str, command: &str, word: &str) -> String {
    let start = Instant::now();
    let mut grade = Command::new(env!("CARGO_BIN_EXE_grade"))
        .args([what, command])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("grade runs");
    let mut most = 0;
    while grade.try_wait().expect("it can be waited for").is_none() {
        // All checks have 30 s together. What is beyond it here is for a busy machine, on which programs take a while to end.
        assert!(start.elapsed() < Duration::from_secs(60), "it goes on");
        most = most.max(memory(grade.id()));
        thread::sleep(Duration::from_millis(20)); // how often it is measured
    }
    let Output { stdout, status, .. } = grade.wait_with_output().expect("it has ended");
    let text = String::from_utf8_lossy(&stdout).into_owned();
    println!("{text}");
    assert_eq!(status.code(), Some(1), "{text}");
    assert!(text.lines().count() <= 200, "{} lines", text.lines().count());
    assert!(most < 200 << 20, "{} MB", most >> 20);
    assert_eq!(left(word), Vec::<String>::new());
    text
}

/// The most memory that a process had in use (proc_pid_status(5)).
fn memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes =
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0u64) << 10
}

/// The commands with this word that still run.
pub fn left(word: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("the kernel tells").flatten();
    let commands =
        processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let commands =
        commands.map(|command| String::from_utf8_lossy(&command).replace('\0', " "));
    let own = format!("grade {word}");
    commands.filter(|command| command.contains(word) && !command.contains(&own)).collect()
}

/// A word that is in no other command.
fn word(test: &str) -> String {
    format!("{test}-{}", std::process::id())
}

/// Each way of starting a server and ending before it: in the background, in a session of its own, by two forks, without the
/// environment.
#[test]
fn a_server_in_the_background_is_told_and_ended() {
    let Some(python) = python() else { return };
    let daemon = "import os, subprocess, sys; os.fork() and os._exit(0); os.setsid(); os.fork() and os._exit(0); \
                  subprocess.run([sys.executable, *sys.argv[1:]])";
    let word = word("background");
    for command in [
        format!("sh -c '{python} {SERVER} {{port}} {word} & exit 0'"),
        format!("sh -c '{python} {SERVER} {{port}} {word} >/dev/null 2>&1 & exit 0'"),
        format!(
            "sh -c 'setsid {python} {SERVER} {{port}} {word} >/dev/null 2>&1 & exit 0'"
        ),
        format!("{python} -c '{daemon}' {SERVER} {{port}} {word}"),
        format!(
            "sh -c 'env -i setsid $(which {python}) {SERVER} {{port}} {word} & exit 0'"
        ),
    ] {
        let text = grade("server", &command, &word);
        // Without its mark, a server that doesn't listen yet is given up at once.
        let told = text.contains("your server went to the background")
            || (command.contains("env -i")
                && text.contains("your server accepts no connection"));
        assert!(told, "{command}: {text}");
    }
}

/// A shell that has started the server is not the server. And what the server starts is ended with it.
#[test]
fn nothing_is_left_of_a_server_that_passes() {
    let Some(python) = python() else { return };
    let word = word("passes");
    let helper = format!("sleep 600 # {word}");
    let command = format!(
        "sh -c 'setsid sh -c \"{helper}\" & {python} {SERVER} {{port}} {word}; true'"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_grade"))
        .args(["server", &command])
        .output()
        .expect("grade runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert_eq!(left(&word), Vec::<String>::new());
}

/// Told to end while it starts programs, it ends them all. Ten times, each at another moment.
#[test]
fn nothing_is_left_when_it_is_told_to_end() {
    let Some(python) = python() else { return };
    let word = word("interrupted");
    for moment in 0..10 {
        let mut grade = Command::new(env!("CARGO_BIN_EXE_grade"))
            .args(["server", &format!("{python} {SERVER} {{port}} {word}")])
            .stdout(Stdio::null())
            .spawn()
            .expect("grade runs");
        thread::sleep(Duration::from_millis(50 + 25 * moment)); // the moment
        let signal = if moment % 2 == 0 { "-INT" } else { "-TERM" };
        let told = Command::new("kill").args([signal, &grade.id().to_string()]).status();
        told.expect("kill runs");
        grade.wait().expect("it ends");
        assert_eq!(left(&word), Vec::<String>::new());
    }
}

#[test]
fn a_client_that_prints_without_end() {
    let word = word("prints");
    let text = grade("client", &format!("sh -c 'yes {word} {{port}}'"), &word);
    assert!(text.contains("your client did not connect"), "{text}");
    assert!(text.contains("It has printed "), "{text}");
}

#[test]
fn a_client_that_spins() {
    let word = word("spins");
    let text =
        grade("client", &format!("sh -c 'while :; do :; done # {word} {{port}}'"), &word);
    assert!(text.contains("busy, not blocked"), "{text}");
}

/// It accepts nobody, and says so on standard error.
#[test]
fn a_server_that_prints_without_end() {
    let Some(python) = python() else { return };
    let word = word("errors");
    let serve = "import socket, sys; s = socket.create_server((\"127.0.0.1\", int(sys.argv[1])))\n\
                 while True: print(\"no \" * 1000, file=sys.stderr)";
    let text = grade("server", &format!("{python} -c '{serve}' {{port}} {word}"), &word);
    assert!(text.contains("your server does not accept the connection"), "{text}");
    assert!(text.contains("no no no no"), "{text}");
}
