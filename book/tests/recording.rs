//! What `cargo book record` leaves when it is told to end. Scripts stand in for its tools.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(30);

/// Says its process id, and waits for the end of its standard input.
const WAITS_FOR_ITS_INPUT: &str = "echo $$; exec cat";
/// Says its process id, and waits in a child of its own.
const WAITS_IN_A_CHILD: &str = "echo $$; sleep 60";

/// Puts a script in the place of a tool. Asked for its version, it does nothing.
fn put_tool(folder: &Path, name: &str, script: &str) {
    let file = folder.join(name);
    let script =
        format!("#!/bin/sh\ncase $1 in --version|-Version) exit ;; esac\n{script}\n");
    fs::write(&file, script).expect("it can be written");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

/// Runs the recorder with these scripts, tells it to end once one of them runs, and returns that one's process id.
fn told_to_end(signal: &str, cargo: &str, unshare: &str) -> u32 {
    let folder = TempDir::new().expect("there is room for a folder");
    let of = |name: &str| {
        let folder = folder.path().join(name);
        fs::create_dir(&folder).expect("the folder can be made");
        folder
    };
    let (tools, target, temporary) = (of("tools"), of("target"), of("temporary"));
    put_tool(&tools, "cargo", cargo);
    put_tool(&tools, "unshare", unshare);
    for tool in ["mount", "ip", "strace", "tcpdump"] {
        put_tool(&tools, tool, "exit 1");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let mut recorder = Command::new("env")
        .arg("--default-signal=HUP")
        .arg(cargo_bin("book"))
        .args(["record", "01"])
        .env("PATH", format!("{}:{path}", tools.display()))
        .env("CARGO", tools.join("cargo"))
        .env("CARGO_TARGET_DIR", &target)
        .env("TMPDIR", &temporary)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let stdout = recorder.stdout.take().expect("it is piped");
    let (sender, said) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(line); // the test may have failed
        }
    });
    let id = said.recv_timeout(LIMIT).expect("it says something in time");
    let sent = Command::new("kill")
        .args([format!("-{signal}"), recorder.id().to_string()])
        .status();
    assert!(sent.expect("`kill` is there").success());
    // Its standard output ends when the last of its processes does.
    let end = said.recv_timeout(LIMIT);
    if end != Err(mpsc::RecvTimeoutError::Disconnected) {
        let _ = recorder.kill(); // so that nothing is left of this test
        panic!("after {signal}, something goes on: {end:?}");
    }
    let status = recorder.wait().expect("it can be waited for");
    assert_eq!(status.code(), Some(1), "after {signal}");
    for folder in [target, temporary] {
        let left = fs::read_dir(folder).expect("the folder is there").count();
        assert_eq!(left, 0, "left after {signal}");
    }
    id.parse().expect("a process id")
}

#[test]
fn ends_when_told_to_and_leaves_nothing() {
    if !is_root() {
        eprintln!("skipped: recording takes root");
        return;
    }
    for signal in ["INT", "TERM", "HUP"] {
        let while_building = told_to_end(signal, WAITS_IN_A_CHILD, "exit 1");
        let while_recording = told_to_end(signal, "exit", WAITS_FOR_ITS_INPUT);
        for id in [while_building, while_recording] {
            assert!(!Path::new(&format!("/proc/{id}")).exists(), "{signal}: {id} runs");
        }
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id` is there");
    id.stdout == b"0\n"
}
