//! The exercises as they were handed out: their names, hints and tests.

use std::fs;
use std::path::{Path, PathBuf};

const INFO: &str = include_str!("../../../info.toml");

/// One exercise.
pub struct Exercise {
    /// Its name.
    pub name: &'static str,
    /// The folder of its chapter.
    dir: &'static str,
    hint: &'static str,
}

/// All of them, in their order.
pub fn all() -> impl Iterator<Item = Exercise> {
    INFO.split("\n[[exercises]]\n").skip(1).map(|entry| Exercise {
        name: between(entry, "name = \"", "\""),
        dir: between(entry, "dir = \"", "\""),
        hint: between(entry, "hint = \"\"\"\n", "\"\"\""),
    })
}

/// The one of this name.
pub fn named(name: &str) -> Result<Exercise, String> {
    all().find(|exercise| exercise.name == name).ok_or_else(|| {
        format!("error: there is no exercise `{name}`; `cargo exercise all` lists them")
    })
}

impl Exercise {
    /// The levels of its hint, each of which says more than the one before.
    pub fn hints(&self) -> impl Iterator<Item = &'static str> {
        self.hint.split("\n\n").map(str::trim)
    }

    /// Where its solution is.
    pub fn solution(&self) -> PathBuf {
        self.file("solutions")
    }

    fn file(&self, folder: &str) -> PathBuf {
        root().join(folder).join(self.dir).join(format!("{}.rs", self.name))
    }

    /// The names of the tests that it was handed out with, which are those of its solution, if the exercise still has them as they
    /// were. It may have more.
    pub fn tests(&self) -> Result<Vec<String>, String> {
        let handed_out = read(&self.solution())?;
        let (_, handed_out) = handed_out
            .split_once(TESTS)
            .ok_or_else(|| format!("{} has no tests", shown(&self.solution())))?;
        let names: Vec<String> = tests(handed_out).map(str::to_owned).collect();
        let file = read(&self.file("exercises"))?;
        if words(&file).contains(&words(handed_out)) {
            return Ok(names);
        }
        let left: Vec<&str> = tests(&file).collect();
        let gone = names.iter().filter(|name| !left.contains(&name.as_str()));
        let gone: Vec<&str> = gone.map(String::as_str).collect();
        let what = match gone[..] {
            [] => "they have been changed".to_owned(),
            _ => format!("{} {} missing", gone.join(", "), plural(gone.len())),
        };
        Err(format!(
            "its tests are not those that it was handed out with: {what}.\nCopy them from {}: all from `#[cfg(test)]` on.",
            shown(&self.solution())
        ))
    }
}

const TESTS: &str = "#[cfg(test)]\nmod tests {";

fn plural(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The names of the test functions in a text.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("#[test]").skip(1);
    after
        .filter_map(|text| text.split_once("fn ")?.1.split_once('('))
        .map(|(name, _)| name)
}

/// A text without what a formatter may change: line ends, indentation, and commas before a bracket.
fn words(text: &str) -> String {
    let words: String = text.split_whitespace().collect();
    words.replace(",)", ")").replace(",}", "}")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split_once(after).map_or(rest, |(inside, _)| inside)
}

fn read(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("error: can't read {}: {error}", shown(path)))?;
    Ok(text.replace("\r\n", "\n"))
}

/// The classroom: Cargo says where this program's package is, and otherwise it is where it was built.
pub fn root() -> PathBuf {
    let run = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    run.filter(|folder| folder.join("info.toml").is_file())
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")))
}

/// A path as one would type it here.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
