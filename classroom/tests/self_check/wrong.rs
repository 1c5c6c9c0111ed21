//! Wrong solutions are refused, with a story that names the fault.
//!
//! `tests/wrong/EXERCISE/FAULT.rs` is the student's part of an exercise, without `main` and tests. It begins with what the story
//! has to say, in one or several lines `// told: …`.

use crate::exercises::{Exercise, exercises, in_parallel, run, test_programs};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

struct Wrong {
    /// `EXERCISE__FAULT`, which is also the name of its program.
    name: String,
    told: Vec<String>,
    /// With the tests of the exercise.
    program: String,
}

#[test]
fn every_wrong_solution_is_refused_and_told_why() {
    if !cfg!(target_os = "linux") {
        println!("skipped: panics of a function's threads are told on Linux only");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong");
    let wrong: Vec<Wrong> = exercises().iter().flat_map(wrong_solutions).collect();
    write_package(&folder, &wrong);
    let programs: BTreeMap<String, PathBuf> = test_programs(&folder);
    in_parallel(&wrong, |wrong| {
        let output = run(&programs[&wrong.name], "3");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(101), "{} is not refused", wrong.name);
        for told in &wrong.told {
            let name = &wrong.name;
            assert!(text.contains(told), "{name}: {told} is not in the story:\n{text}");
        }
    });
}

fn wrong_solutions(exercise: &Exercise) -> Vec<Wrong> {
    let classroom = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = exercise.tests();
    let folder = fs::read_dir(classroom.join("tests/wrong").join(&exercise.name));
    let mut files: Vec<PathBuf> =
        folder.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a file of text");
        let fault = path.file_stem().unwrap_or_default().to_string_lossy();
        let told: Vec<String> = text
            .lines()
            .map_while(|line| line.strip_prefix("// told: "))
            .map(String::from)
            .collect();
        assert!(!told.is_empty(), "{} says nothing of the story", path.display());
        Wrong {
            name: format!("{}__{fault}", exercise.name),
            told,
            program: format!("#![allow(warnings)]\n{text}\n{tests}"),
        }
    };
    files.into_iter().map(read).collect()
}

/// A package with a program for each wrong solution.
fn write_package(folder: &Path, wrong: &[Wrong]) {
    let classroom = Path::new(env!("CARGO_MANIFEST_DIR"));
    let programs = folder.join("src/bin");
    // What is no longer among the wrong solutions is not to be built either.
    _ = fs::remove_dir_all(&programs);
    fs::create_dir_all(&programs).expect("the folder can be made");
    for wrong in wrong {
        let path = programs.join(format!("{}.rs", wrong.name));
        fs::write(path, &wrong.program).expect("it can be written");
    }
    let manifest = format!(
        "[package]\nname = \"wrong\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         classroom = {{ path = {classroom:?} }}\n\
         socket2 = {{ version = \"0.6\", features = [\"all\"] }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("it can be written");
    fs::copy(classroom.join("Cargo.lock"), folder.join("Cargo.lock"))
        .expect("it can be copied");
}
