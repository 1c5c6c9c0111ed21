//! Programs that begin with an empty project: our solutions and right ones in another style pass, wrong ones are refused with a
//! story that names the fault.
//!
//! `tests/from_scratch/KIND/right/STYLE` and `tests/from_scratch/KIND/wrong/FAULT` are whole programs in Rust or Python. A wrong one
//! begins with what the story has to say, in one or several lines `// told: …`, or `# told: …`. `SELF_CHECK_ROUNDS=20` grades each
//! that often.

use crate::bring_your_own::python;
use crate::exercises::in_parallel;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const KINDS: [&str; 3] = ["listen", "echo", "ask"];

/// A program that somebody could hand in.
struct Program {
    kind: &'static str,
    path: PathBuf,
}

/// Those of all kinds in this folder.
fn programs(folder: &str) -> Vec<Program> {
    let classroom = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for kind in KINDS {
        let folder = classroom.join("tests/from_scratch").join(kind).join(folder);
        let entries = fs::read_dir(&folder).expect("there is such a folder").flatten();
        let least = found.len() + if folder.ends_with("wrong") { 5 } else { 2 };
        found.extend(entries.map(|entry| Program { kind, path: entry.path() }));
        assert!(found.len() >= least, "too few in {}", folder.display());
    }
    found
}

impl Program {
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("{}: {name}", self.kind)
    }

    /// The command that grade gets, of a program that has been built if it has to be. `None` if there is no Python.
    fn command(&self) -> Option<String> {
        let places = match self.kind {
            "ask" => "{host} {port} {text}",
            "listen" => "{host} {port}",
            _ => "{port}",
        };
        let path = self.path.display();
        if self.path.extension().is_some_and(|it| it == "py") {
            return Some(format!("{} -B '{path}' {places}", python()?));
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("from_scratch");
        let folder = folder
            .join(self.path.parent()?.strip_prefix(env!("CARGO_MANIFEST_DIR")).ok()?);
        fs::create_dir_all(&folder).expect("a folder can be made");
        let program = folder.join(self.path.file_stem()?);
        let built = Command::new("rustc")
            .args(["--edition=2024", "-Cdebuginfo=0", "-Dwarnings", "-o"])
            .args([&program, &self.path])
            .output()
            .expect("rustc runs");
        let messages = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{} does not compile:\n{messages}", self.name());
        let places = if self.kind == "ask" { "{addr} {text}" } else { "{addr}" };
        Some(format!("'{}' {places}", program.display()))
    }
}

/// Grades each, once or as often as `SELF_CHECK_ROUNDS` says. `judge` says what is wrong with the outcome, if anything is.
fn judge_each(
    all: &[Program],
    seconds: &str,
    judge: impl Fn(&Program, &Output) -> Result<(), String> + Sync,
) {
    let rounds = std::env::var("SELF_CHECK_ROUNDS");
    let rounds: usize = rounds.map_or(1, |rounds| rounds.parse().expect("a number"));
    in_parallel(all, |program| {
        let Some(command) = program.command() else { return };
        let mut complaints = BTreeMap::<String, usize>::new();
        for _ in 0..rounds {
            let output = Command::new(env!("CARGO_BIN_EXE_grade"))
                .args([program.kind, &command])
                .env("GRADER_SECONDS", seconds)
                .env_remove("RUST_BACKTRACE")
                .output()
                .expect("grade runs");
            if let Err(why) = judge(program, &output) {
                *complaints.entry(why).or_default() += 1;
            }
        }
        let told = complaints.iter().map(|(why, count)| {
            format!("{}, in {count} of {rounds} runs: {why}\n", program.name())
        });
        let told: String = told.collect();
        assert!(told.is_empty(), "{told}");
    });
}

fn passes(_: &Program, output: &Output) -> Result<(), String> {
    let text = String::from_utf8_lossy(&output.stdout);
    match output.status.success() && text.ends_with("\nAll checks pass.\n") {
        true => Ok(()),
        false => Err(format!("it is refused:\n{text}")),
    }
}

fn is_refused(wrong: &Program, output: &Output) -> Result<(), String> {
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.code() != Some(1) {
        return Err(format!("it is not refused ({}):\n{text}", output.status));
    }
    let source = fs::read_to_string(&wrong.path).expect("a file of text");
    let told = source.lines().map_while(|line| {
        line.strip_prefix("// told: ").or_else(|| line.strip_prefix("# told: "))
    });
    let told: Vec<&str> = told.collect();
    if told.is_empty() {
        return Err(String::from("its file says nothing of the story"));
    }
    match told.iter().find(|told| !text.contains(**told)) {
        Some(told) => Err(format!("`{told}` is not in the story:\n{text}")),
        None => Ok(()),
    }
}

#[test]
fn every_right_program_passes() {
    let mut all = programs("right");
    let solutions = Path::new(env!("CARGO_MANIFEST_DIR")).join("from_scratch/solutions");
    all.extend(
        KINDS.map(|kind| Program { kind, path: solutions.join(format!("{kind}.rs")) }),
    );
    judge_each(&all, "10", passes);
}

#[test]
#[cfg(target_os = "linux")]
fn every_wrong_program_is_refused_and_told_why() {
    judge_each(&programs("wrong"), "10", is_refused);
}

/// Nothing that a project needs is missing if it begins as the page says, and Cargo's own lines are not taken for the program's.
#[test]
fn an_empty_project_is_graded() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty_project");
    _ = fs::remove_dir_all(&folder);
    let cargo = |arguments: &[&str]| {
        let made = Command::new(env!("CARGO"))
            .args(arguments)
            .arg(&folder)
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .output()
            .expect("cargo runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    cargo(&["new", "--quiet", "--vcs=none", "--name=listen"]);
    let manifest = folder.join("Cargo.toml");
    // This one is within the target folder of a package.
    let text = fs::read_to_string(&manifest).expect("a file of text");
    fs::write(&manifest, text + "\n[workspace]\n").expect("it can be written");
    let command =
        format!("cargo run --manifest-path '{}' -- {{addr}}", manifest.display());
    let grade = || {
        Command::new(env!("CARGO_BIN_EXE_grade"))
            .args(["listen", &command])
            .env("GRADER_SECONDS", "10")
            .env_remove("RUST_BACKTRACE")
            .output()
            .expect("grade runs")
    };
    let output = grade();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let told = "your program ended, and had not said `listening on ADDRESS`\n";
    assert!(text.contains(told), "{text}");
    assert!(!text.contains("Running"), "{text}");
    let solution = Path::new(env!("CARGO_MANIFEST_DIR"));
    let solution = solution.join("from_scratch/solutions/listen.rs");
    fs::copy(solution, folder.join("src/main.rs")).expect("it can be copied");
    let output = grade();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
}
