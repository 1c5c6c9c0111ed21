//! Every solution is right, every starting file fails, and with the story that it promises.

use crate::{compare_with_file, compare_with_promise};
use grader::{chapter_05, chapter_06};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread;

/// An exercise.
pub struct Exercise {
    pub name: String,
    /// The starting file, below `exercises/`; its solution has the same path below `solutions/`.
    path: PathBuf,
}

impl Exercise {
    fn text(&self, folder: &str) -> String {
        let classroom = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = classroom.join(folder).join(&self.path);
        fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Its starting file.
    pub fn start(&self) -> String {
        self.text("exercises")
    }

    /// Its solution.
    pub fn solution(&self) -> String {
        self.text("solutions")
    }

    /// The tests, which both files have.
    pub fn tests(&self) -> String {
        let solution = self.solution();
        solution[without_tests(&solution).len()..].to_owned()
    }
}

/// What the student writes, in the text of an exercise or a solution.
pub fn without_tests(text: &str) -> &str {
    text.split_once("#[cfg(test)]\nmod tests {").expect("there are tests").0
}

/// The exercises, in the order of their chapters.
pub fn exercises() -> Vec<Exercise> {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("exercises");
    for chapter in fs::read_dir(folder).expect("there are exercises").flatten() {
        for file in fs::read_dir(chapter.path()).expect("a chapter is a folder").flatten()
        {
            let path = Path::new(&chapter.file_name()).join(file.file_name());
            let name =
                path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            found.push(Exercise { name, path });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() >= 20, "only {} exercises", found.len());
    found
}

/// The test program of each exercise and of each solution (`NAME_sol`), built.
static PROGRAMS: LazyLock<BTreeMap<String, PathBuf>> =
    LazyLock::new(|| test_programs(Path::new(env!("CARGO_MANIFEST_DIR"))));

/// The test program of each program in a package, built.
pub fn test_programs(package: &Path) -> BTreeMap<String, PathBuf> {
    let target =
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a target folder");
    let built = Command::new(env!("CARGO"))
        .args([
            "test",
            "--quiet",
            "--bins",
            "--no-run",
            "--message-format=json-render-diagnostics",
        ])
        .args(["--offline", "--target-dir"])
        .arg(target)
        .current_dir(package)
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "{} compiles", package.display());
    let messages = String::from_utf8_lossy(&built.stdout);
    let messages =
        messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages
        .filter(|message| message["profile"]["test"] == true)
        .filter_map(|message| {
            let name = message["target"]["name"].as_str()?.to_owned();
            Some((name, message["executable"].as_str()?.into()))
        })
        .collect()
}

/// A solution may take its time, on a machine that is busy with other things. What a starting file gets wrong shows the time
/// limit in its story, so there it has to be the usual one.
fn run_tests(program: &str, seconds: &str) -> Output {
    let path =
        PROGRAMS.get(program).unwrap_or_else(|| panic!("{program} is not in Cargo.toml"));
    run_some(path, "tests::", seconds)
}

/// Runs those tests of a program whose paths contain this, with this time limit.
pub fn run_some(path: &Path, which: &str, seconds: &str) -> Output {
    // One test after another, so that the stories come in one order.
    Command::new(path)
        .args(["--test-threads=1", "--color=never", which])
        .env("GRADER_SECONDS", seconds)
        .env_remove("RUST_BACKTRACE")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .expect("a test program runs")
}

/// Does the same for all of these, a few at a time. What goes wrong with one does not keep it from the others.
pub fn in_parallel<T: Sync>(all: &[T], task: impl Fn(&T) + Sync) {
    let queue = Mutex::new(all.iter());
    let wrong = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("nobody panics with it").next();
                    let Some(next) = next else { break };
                    let done =
                        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                            task(next)
                        }));
                    wrong.fetch_add(usize::from(done.is_err()), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(wrong.into_inner(), 0, "see above");
}

#[test]
fn every_solution_passes() {
    in_parallel(&exercises(), |Exercise { name, .. }| {
        let output = run_tests(&format!("{name}_sol"), "10");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "the solution of {name} fails:\n{text}");
    });
}

#[test]
fn every_starting_file_fails_as_promised() {
    in_parallel(&exercises(), |Exercise { name, .. }| {
        let output = run_tests(name, "3");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(101),
            "the starting file of {name} does not fail:\n{text}"
        );
        // Calls and error messages have other names elsewhere.
        if cfg!(target_os = "linux") {
            let (_, stories) =
                text.split_once("\nfailures:\n\n").expect("failures are listed");
            let (stories, _) =
                stories.rsplit_once("\n\nfailures:\n").expect("their names follow");
            // What the program itself says of a broken connection depends on who was first.
            let stories: String = stories
                .trim_end()
                .split_inclusive('\n')
                .filter(|line| !line.starts_with("error: "))
                .collect();
            compare_with_promise(name, &format!("{stories}\n"));
        }
    });
}

#[test]
fn exercise_and_solution_have_the_same_tests() {
    for exercise in exercises() {
        let start = exercise.start();
        let tests = &start[without_tests(&start).len()..];
        assert_eq!(tests, exercise.tests(), "{}", exercise.name);
    }
}

/// What `cargo exercise reset` puts back. `WORKBOOK_REFRESH=1` writes it again.
#[test]
fn the_starts_are_the_exercises_without_their_tests() {
    let starts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/starts");
    for exercise in exercises() {
        let start = exercise.start();
        let file = format!("tests/starts/{}.rs", exercise.name);
        compare_with_file(&file, without_tests(&start));
    }
    let count = fs::read_dir(&starts).expect("there are starts").count();
    assert_eq!(count, exercises().len(), "{} has others", starts.display());
}

#[test]
fn every_exercise_says_what_it_is() {
    let kinds = [
        "fill the blank",
        "fill the blanks",
        "fix the bug",
        "predict",
        "read a recording",
        "write it yourself",
    ];
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).expect("there is a README");
    let mut of_chapter = BTreeMap::<String, usize>::new();
    for exercise in exercises() {
        let (name, path, text) = (&exercise.name, &exercise.path, exercise.start());
        let head: Vec<&str> =
            text.lines().take_while(|line| line.starts_with("//!")).collect();
        let fields: Vec<&str> = head[0].trim_start_matches("//! ").split(" · ").collect();
        let [minutes, chapter, kind] = fields[..] else {
            panic!("{name} begins with `{}`", head[0]);
        };
        let minutes: u32 =
            minutes.trim_end_matches(" minutes").parse().expect("minutes are a number");
        assert!((8..=20).contains(&minutes), "{name} takes {minutes} minutes");
        assert!(kinds.contains(&kind), "{name} is of no known kind: {kind}");
        let folder =
            path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let number = chapter.trim_start_matches("chapter ");
        let of_folder = folder.split('_').next().unwrap_or_default();
        assert_eq!(
            of_folder.trim_start_matches('0'),
            number,
            "{name} lies in {folder}, and says {chapter}"
        );
        assert!(
            head[2].starts_with("//! Reach: ")
                && head[3..].iter().any(|line| line.starts_with("//! Why: ")),
            "{name}"
        );
        let row = format!("| {number} | `{name}` | {minutes} | {kind} |");
        assert!(readme.contains(&row), "README.md has no row `{row}`");
        *of_chapter.entry(chapter.to_owned()).or_default() += 1;
    }
    assert!(of_chapter.values().all(|&count| count >= 4), "{of_chapter:?}");
}

/// Between three quotes of the other kind, `\n` would be a line break, and a student would never see it.
#[test]
fn a_hint_is_shown_as_it_is_written() {
    let info = Path::new(env!("CARGO_MANIFEST_DIR")).join("info.toml");
    let text = fs::read_to_string(info).expect("there is an info.toml");
    let info: toml::Table = text.parse().expect("it is well formed");
    for exercise in info["exercises"].as_array().expect("a list") {
        let text_of = |key: &str| exercise[key].as_str().expect("a text");
        let (name, hint) = (text_of("name"), text_of("hint"));
        assert!(text.contains(&format!("hint = '''\n{hint}'''")), "{name}");
        let control = |c: &char| c.is_control() && *c != '\n';
        assert_eq!(hint.chars().find(control), None, "{name}");
    }
}

#[test]
fn the_readme_names_every_check() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).expect("there is a README");
    let server = chapter_05::SERVER.iter().map(|check| check.0);
    let lines = chapter_06::LINES.iter().map(|check| check.0);
    for name in server.chain(chapter_05::CLIENT.iter().map(|check| check.0)).chain(lines)
    {
        let names =
            |line: &str| line.starts_with("| `") && line.contains(&format!("`{name}`"));
        assert!(readme.lines().any(names), "README.md has no row for {name}");
    }
}
