//! What students could hand in: wrong solutions ([`crate::wrong`]) and right ones in another style ([`crate::right`]).
//!
//! `tests/FOLDER/EXERCISE/NAME.rs` is the student's part of an exercise, without `main` and tests. All of them are modules of one
//! program, `FOLDER::EXERCISE::NAME`, each with the tests of its exercise. So there is one program to build; each of them is run
//! in a process of its own.
//!
//! `SELF_CHECK_ROUNDS=20` runs each that often. A verdict that is not the same each time depends on luck.

use crate::exercises::{exercises, in_parallel, run_some, test_programs};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

/// What somebody could hand in for an exercise.
pub struct HandedIn {
    /// `FOLDER::EXERCISE::NAME`, the module with its tests.
    pub module: String,
    pub text: String,
    tests: String,
}

/// Those in this folder.
pub fn handed_in(folder: &str) -> Vec<HandedIn> {
    let mut found = Vec::new();
    let exercises = exercises();
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    for of_exercise in sorted(&folders) {
        let exercise = stem(&of_exercise);
        // An empty folder is none of ours: Git may leave one behind, of an exercise that was renamed.
        for file in sorted(&of_exercise) {
            let known = exercises.iter().find(|known| known.name == exercise);
            let known =
                known.unwrap_or_else(|| panic!("there is no exercise {exercise}"));
            found.push(HandedIn {
                module: format!("{folder}::{exercise}::{}", stem(&file)),
                text: fs::read_to_string(&file).expect("a file of text"),
                tests: known.tests(),
            });
        }
    }
    found
}

fn sorted(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).expect("there is such a folder").flatten();
    entries.map(|entry| entry.path()).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Runs the tests of each, once or as often as `SELF_CHECK_ROUNDS` says. `judge` says what is wrong with the outcome, if
/// anything is.
pub fn judge_each(
    all: &[HandedIn],
    seconds: &str,
    judge: impl Fn(&HandedIn, &Output) -> Result<(), String> + Sync,
) {
    let rounds = std::env::var("SELF_CHECK_ROUNDS");
    let rounds: usize = rounds.map_or(1, |rounds| rounds.parse().expect("a number"));
    in_parallel(all, |it| {
        let mut verdicts = BTreeMap::<Result<(), String>, usize>::new();
        for _ in 0..rounds {
            let output = run_some(&PROGRAM, &format!("{}::", it.module), seconds);
            *verdicts.entry(judge(it, &output)).or_default() += 1;
        }
        let complaints = verdicts.iter().filter_map(|(verdict, count)| {
            let why = verdict.as_ref().err()?;
            Some(format!("{}, in {count} of {rounds} runs: {why}\n", it.module))
        });
        let complaints: String = complaints.collect();
        assert!(complaints.is_empty(), "{complaints}");
    });
}

/// The program with all of them, built.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("handed_in");
    let all: Vec<HandedIn> = ["wrong", "right"].into_iter().flat_map(handed_in).collect();
    write_package(&folder, &all);
    test_programs(&folder).remove("handed_in").expect("it has been built")
});

/// A package with one program, of which each is a module.
fn write_package(folder: &Path, all: &[HandedIn]) {
    let mut modules = BTreeMap::<&str, BTreeMap<&str, Vec<&str>>>::new();
    for it in all {
        let path: Vec<&str> = it.module.split("::").collect();
        let [kind, exercise, name] = path[..] else { unreachable!("these three") };
        let file = folder.join(format!("src/{kind}/{exercise}/{name}.rs"));
        write(&file, &format!("{}\n{}", it.text, it.tests));
        let of_exercise = modules.entry(kind).or_default().entry(exercise).or_default();
        of_exercise.push(name);
    }
    let mut root = String::from("#![allow(warnings)]\nfn main() {}\n");
    for (kind, exercises) in modules {
        root.push_str(&format!("mod {kind} {{\n"));
        for (exercise, names) in exercises {
            let names: String =
                names.iter().map(|name| format!("mod {name}; ")).collect();
            root.push_str(&format!("mod {exercise} {{ {names}}}\n"));
        }
        root.push_str("}\n");
    }
    let classroom = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"handed_in\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         classroom = {{ path = {classroom:?} }}\n\
         socket2 = {{ version = \"0.6\", features = [\"all\"] }}\n"
    );
    write(&folder.join("src/main.rs"), &root);
    write(&folder.join("Cargo.toml"), &manifest);
    fs::copy(classroom.join("Cargo.lock"), folder.join("Cargo.lock"))
        .expect("it can be copied");
}

/// Writes a file, unless it is as it should be: what is not touched is not built again.
fn write(file: &Path, text: &str) {
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return;
    }
    let folder = file.parent().expect("it is in a folder");
    fs::create_dir_all(folder).expect("the folder can be made");
    fs::write(file, text).expect("it can be written");
}
