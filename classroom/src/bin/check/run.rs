//! Runs an exercise's tests, each in a process of its own and within bounds, and says how it went.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use grader::program::{Printed, Program, last_lines};
use grader::{MARK, Room, limit, loopback, side_by_side};

use crate::exercise::{Exercise, Trouble, root, shown};

/// What an exercise comes to.
pub enum Verdict {
    /// Every test that it was handed out with ran and passed.
    Right,
    /// Not yet: why, for the student to read.
    NotYet(String),
    /// The compiler's messages.
    DoesNotCompile(String),
    /// Its tests are gone, changed, or not run.
    TestsMissing(String),
}

/// How many time limits the tests of one exercise have: with 3 seconds, 15.
const LIMITS: u32 = 5;

/// How many tests run at the same time. Most of their time they wait.
const AT_ONCE: usize = 4;

/// How many lines of stories, and of what the student's code prints, are shown.
const STORIES: usize = 140;
const PRINTED: usize = 12;

/// Builds and runs the tests of an exercise.
pub fn check(exercise: &Exercise) -> Result<Verdict, String> {
    loopback().map_err(|story| story.to_string())?;
    let tests = match exercise.tests() {
        Ok(tests) => tests,
        Err(Trouble::Changed(why)) => return Ok(Verdict::TestsMissing(why)),
        Err(Trouble::Unreadable(error)) => return Err(error),
    };
    let program = match build(exercise)? {
        Ok(program) => program,
        Err(messages) => return Ok(Verdict::DoesNotCompile(messages)),
    };
    let until = Instant::now() + limit() * LIMITS;
    let ran = side_by_side(AT_ONCE, tests, move |test| run(&program, test, until));
    let ran: Vec<Ran> = ran.iter().map(|ran| ran.recv().expect("each is run")).collect();

    let missing = ran.iter().filter(|ran| matches!(ran.outcome, Outcome::DidNotRun(_)));
    let missing: Vec<String> = missing.map(Ran::told).collect();
    if !missing.is_empty() {
        return Ok(Verdict::TestsMissing(missing.concat()));
    }
    let failed: Vec<&Ran> =
        ran.iter().filter(|ran| !matches!(ran.outcome, Outcome::Passed)).collect();
    let Some(first) = failed.first() else {
        exercise.note_right();
        return Ok(Verdict::Right);
    };
    let mut room = Room(STORIES);
    let mut story: String = failed.iter().map(|ran| room.fit(&ran.told())).collect();
    story.push_str(&first.printed);
    Ok(Verdict::NotYet(story))
}

/// The tests of an exercise that are compiled in, by what its test program says.
#[cfg(test)]
pub fn compiled_in(exercise: &Exercise) -> Result<Vec<String>, String> {
    let program = build(exercise)??;
    let output = Command::new(program)
        .args(["--list", "--format=terse"])
        .output()
        .map_err(|error| format!("it can't be run: {error}"))?;
    let lines = String::from_utf8_lossy(&output.stdout);
    let names = lines.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(names.map(|name| name.trim_start_matches("tests::").to_owned()).collect())
}

/// Builds the test program of an exercise, and says where it is; or what the compiler says.
fn build(exercise: &Exercise) -> Result<Result<PathBuf, String>, String> {
    let name = &exercise.name;
    exercise.freshen()?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["test", "--quiet", "--no-run", "--bin", name])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            format!("error: can't run `cargo test --bin {name}`: {error}")
        })?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut tests = messages.filter(|message| message["target"]["name"] == *name);
    let built =
        tests.find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    match built {
        Some(program) if output.status.success() => Ok(Ok(program)),
        _ => {
            let messages =
                last_lines(&String::from_utf8_lossy(&output.stderr), 180).join("\n");
            // As seen from where the command was given.
            let file = shown(&root().join("exercises"));
            Ok(Err(messages.replace("--> exercises", &format!("--> {file}"))))
        }
    }
}

/// How a test went.
struct Ran {
    test: String,
    outcome: Outcome,
    /// The end of what the student's code printed meanwhile.
    printed: String,
}

enum Outcome {
    Passed,
    /// The story.
    Failed(String),
    /// It is ignored, or not there.
    DidNotRun(&'static str),
}

impl Ran {
    fn told(&self) -> String {
        match &self.outcome {
            Outcome::Passed => String::new(),
            Outcome::Failed(story) => format!("{}: {}\n\n", self.test, story.trim_end()),
            Outcome::DidNotRun(why) => format!("{}: {why}.\n", self.test),
        }
    }
}

/// Runs one test in a process of its own: what it prints, breaks or leaves running can't get into another.
fn run(program: &Path, test: String, until: Instant) -> Ran {
    let mark = format!("story of {test}, told by {}", std::process::id());
    let mut command = Command::new(program);
    command
        .args(["--exact", &format!("tests::{test}"), "--nocapture"])
        .args(["--test-threads=1", "--color=never"])
        .current_dir(root())
        .env(MARK, &mark)
        .env_remove("RUST_BACKTRACE");
    let (outcome, printed) = match Program::start(command) {
        Ok(program) => {
            let status = program.wait(Some(until));
            program.end();
            let (stdout, stderr) = (program.stdout(), program.stderr());
            (outcome(status, &stdout, &stderr, &mark), printed(&stdout, &stderr, &mark))
        }
        Err(error) => {
            (Outcome::Failed(format!("it can't be run: {error}")), String::new())
        }
    };
    Ran { test, outcome, printed }
}

fn outcome(
    status: Option<ExitStatus>,
    stdout: &Printed,
    stderr: &Printed,
    mark: &str,
) -> Outcome {
    if let Some(story) = stderr.end().split(mark).nth(1) {
        return Outcome::Failed(story.trim().to_owned());
    }
    if stdout.is_too_much() || stderr.is_too_much() {
        let lines = stdout.lines() + stderr.lines();
        return Outcome::Failed(format!(
            "your code prints without end: {lines} lines\n\n      Look for a print in a loop that never ends."
        ));
    }
    let Some(status) = status else {
        let late = limit() * LIMITS;
        return Outcome::Failed(format!(
            "it was not done after {} s",
            late.as_secs_f64()
        ));
    };
    // The last line of the test runner, which `exit` or an abort would have kept it from printing. What the student's threads print
    // may stand within it, but not within this part.
    let end = stdout.end();
    let summary = end.rfind(" passed; ").map(|at| &end[at.saturating_sub(3)..]);
    match summary {
        Some(it) if it.starts_with(". 0 passed; 0 failed; 1 ignored;") => {
            Outcome::DidNotRun("it is ignored")
        }
        Some(it) if it.starts_with(". 0 passed; 0 failed; 0 ignored;") => {
            Outcome::DidNotRun("it is not compiled in, or has another name")
        }
        Some(it) if it.starts_with(". 1 passed; 0 failed;") && status.success() => {
            Outcome::Passed
        }
        Some(_) => Outcome::Failed("it panicked".to_owned()),
        None => Outcome::Failed(format!(
            "your code ended the whole test program ({status}), before the test was over"
        )),
    }
}

/// The end of what the student's code printed, without what the test runner and the grader did.
fn printed(stdout: &Printed, stderr: &Printed, mark: &str) -> String {
    let stderr_end = stderr.end();
    let without_story = match stderr_end.split(mark).collect::<Vec<_>>()[..] {
        [before, _, after] => [before, after].concat(),
        _ => stderr_end,
    };
    let streams = [("output", stdout, stdout.end()), ("error", stderr, without_story)];
    let mut text = String::new();
    for (name, stream, end) in streams {
        let lines: Vec<&str> = end.lines().filter_map(of_the_student).collect();
        if lines.is_empty() {
            continue;
        }
        let count = match stream.is_too_much() {
            true => format!("{} lines, without end", stream.lines()),
            false => {
                format!("{} line{}", lines.len(), if lines.len() == 1 { "" } else { "s" })
            }
        };
        text.push_str(&format!(
            "Meanwhile your code printed on standard {name}: {count}\n"
        ));
        if lines.len() > PRINTED {
            text.push_str("    …\n");
        }
        for line in last_lines(&lines.join("\n"), PRINTED) {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}

/// A line without what the test runner printed of it; `None` if that was all.
fn of_the_student(line: &str) -> Option<&str> {
    const BEGINNINGS: [&str; 5] = [
        "running 1 test",
        "test result: ",
        "failures:",
        "    tests::",
        "note: run with `RUST_BACKTRACE=1`",
    ];
    // The runner announces the test, and what is printed first stands in the same line.
    let after = line.strip_prefix("test tests::").and_then(|it| it.split_once(" ... "));
    let line = after.map_or(line, |(_, after)| after);
    let is_of_the_runner = ["", "ok", "FAILED", "Error:"].contains(&line.trim_end())
        || BEGINNINGS.iter().any(|it| line.starts_with(it));
    (!is_of_the_runner).then_some(line)
}
