//! Wrong solutions: each is a right one with a fault, and the tests of the exercise have to find it.

use crate::exercises::{run, test_programs};
use std::fs;
use std::path::{Path, PathBuf};

/// What is done to the solution of an exercise, and what the story has to say then.
struct Fault {
    exercise: &'static str,
    right: &'static str,
    wrong: &'static str,
    told: &'static [&'static str],
}

const FAULTS: &[Fault] = &[
    Fault {
        exercise: "count_guests",
        right: "while guest.read(&mut buffer)? > 0 {}",
        wrong: "_ = guest.read(&mut buffer)?;",
        told: &["Cid waited for \"You are guest 3, and 3 are here.\\n\""],
    },
    Fault {
        exercise: "wait_for_prompt",
        right: "if !hear(&mut socket, &mut heard)? {",
        wrong: "assert!(hear(&mut socket, &mut heard)?, \"it has gone\"); if false {",
        told: &["your client panicked", ".rs:", ": it has gone."],
    },
    Fault {
        exercise: "wait_for_prompt",
        right: "socket.write_all(answer.as_bytes())?",
        wrong: "socket.write_all(format!(\"{answer}\\n\").as_bytes())?",
        told: &["        ^ a newline: names are sent without one"],
    },
    Fault {
        exercise: "scripted_client",
        right: "if count == 0 {",
        wrong: "if count == 0 { assert!(answers.next().is_none(), \"it has gone\");",
        told: &["your client panicked", ".rs:", ": it has gone."],
    },
    Fault {
        exercise: "whole_server",
        right: "let count = guest.read(&mut buffer)?;",
        wrong: "let count = guest.read(&mut buffer).unwrap();",
        told: &["your server panicked", ".rs:", "ConnectionReset"],
    },
    Fault {
        exercise: "one_guest",
        right: "let name = &buffer[..count];",
        wrong: "let name = &buffer[..]; _ = count;",
        told: &["received  \"Server: Hello Michael\\0\\0\\0…\""],
    },
    Fault {
        exercise: "connect_and_send",
        right: "socket.send(b\"Hello, Mr Right!\")",
        wrong: "socket.send(b\"Hello, Mr Right!\").map(|_| 5)",
        told: &["your client returned 5, but 16 bytes came"],
    },
    Fault {
        exercise: "glued_names",
        right: "if name == b\"exit\" {",
        wrong: "_ = str::from_utf8(name).unwrap(); if name == b\"exit\" {",
        told: &["A thread of your server had panicked at ", ".rs:", "Utf8Error"],
    },
    Fault {
        exercise: "short_send",
        right: "if count == 0 {",
        wrong: "if false {",
        told: &["a connection that takes nothing any more is an error"],
    },
    Fault {
        exercise: "finish_sending",
        right: "Shutdown::Write",
        wrong: "Shutdown::Both",
        told: &["^ nothing: did your client stop listening before this came?"],
    },
];

#[test]
fn every_fault_is_found_and_told() {
    if !cfg!(target_os = "linux") {
        println!("skipped: panics of a function's threads are told on Linux only");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted");
    write_package(&folder);
    let programs = test_programs(&folder);
    for (fault, number) in FAULTS.iter().zip(0..) {
        let output = run(&programs[&name(fault, number)], "3");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(101), "{} passes", fault.wrong);
        for told in fault.told {
            assert!(text.contains(told), "{told} is not in the story:\n{text}");
        }
    }
}

fn name(fault: &Fault, number: usize) -> String {
    format!("planted_{number}_{}", fault.exercise)
}

/// A package with a program for each fault.
fn write_package(folder: &Path) {
    let classroom = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(folder.join("src/bin")).expect("the folder can be made");
    for (fault, number) in FAULTS.iter().zip(0..) {
        let solution = fs::read_to_string(solution(classroom, fault.exercise))
            .expect("it can be read");
        assert!(solution.contains(fault.right), "{}: no {}", fault.exercise, fault.right);
        let wrong = solution.replacen(fault.right, fault.wrong, 1);
        let path = folder.join(format!("src/bin/{}.rs", name(fault, number)));
        fs::write(path, wrong).expect("it can be written");
    }
    let manifest = format!(
        "[package]\nname = \"planted\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         classroom = {{ path = {classroom:?} }}\n\
         socket2 = {{ version = \"0.6\", features = [\"all\"] }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("it can be written");
    fs::copy(classroom.join("Cargo.lock"), folder.join("Cargo.lock"))
        .expect("it can be copied");
}

fn solution(classroom: &Path, exercise: &str) -> PathBuf {
    fs::read_dir(classroom.join("solutions"))
        .expect("there are solutions")
        .flatten()
        .map(|chapter| chapter.path().join(format!("{exercise}.rs")))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{exercise} has no solution"))
}
