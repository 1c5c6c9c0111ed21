//! The exercises as they were handed out: their names, hints and tests.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const INFO: &str = include_str!("../../../info.toml");

/// One exercise.
pub struct Exercise {
    /// Its name.
    pub name: String,
    /// The folder of its chapter.
    pub dir: String,
    hint: String,
}

/// All of them, in their order.
pub fn all() -> impl Iterator<Item = Exercise> {
    let info: toml::Table = INFO.parse().expect("info.toml is well formed");
    let exercises = info["exercises"].as_array().expect("a list").clone();
    exercises.into_iter().map(|entry| {
        let text = |key: &str| entry[key].as_str().expect("a text").to_owned();
        Exercise { name: text("name"), dir: text("dir"), hint: text("hint") }
    })
}

/// The one of this name.
pub fn named(name: &str) -> Result<Exercise, String> {
    all().find(|exercise| exercise.name == name).ok_or_else(|| {
        format!("error: there is no exercise `{name}`; `cargo exercise all` lists them")
    })
}

/// What begins with an empty project at the end of a chapter, and the page with its contract.
pub const FROM_SCRATCH: [(&str, &str, &str); 3] = [
    ("02_bind_and_listen", "listen", "02_listen.md"),
    ("03_a_server_for_one", "echo", "03_close.md"),
    ("04_the_client", "ask", "04_close.md"),
];

impl Exercise {
    /// The levels of its hint, each of which says more than the one before.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        self.hint.split("\n\n").map(str::trim)
    }

    /// Where its solution is.
    pub fn solution(&self) -> PathBuf {
        self.path("solutions")
    }

    /// Whether there is a solution: where the exercises are handed out without, the starting file is in its place.
    pub fn has_solution(&self) -> bool {
        read(&self.solution()).is_ok_and(|text| !text.contains("// TODO"))
    }

    /// What the student works on.
    pub fn file(&self) -> PathBuf {
        self.path("exercises")
    }

    fn path(&self, folder: &str) -> PathBuf {
        root().join(folder).join(&self.dir).join(format!("{}.rs", self.name))
    }

    /// The names of the tests that it was handed out with, which are those of its solution, if the exercise still has them as they
    /// were. It may have others, beside `mod tests`.
    pub fn tests(&self) -> Result<Vec<String>, Trouble> {
        let handed_out = self.handed_out_tests()?;
        let names: Vec<String> = tests(&handed_out).map(str::to_owned).collect();
        let file = read(&self.file())?;
        let advice = format!(
            "`cargo exercise reset {}` puts the file back as it was handed out, and keeps a copy of yours.",
            self.name
        );
        if file.trim().is_empty() {
            return Err(Trouble::Changed(format!("the file is empty.\n{advice}")));
        }
        let changed = |what: String| {
            Trouble::Changed(format!(
                "its tests are not those that it was handed out with: {what}.\n{advice} Tests of your own go into another module."
            ))
        };
        if !lines(&file).contains(&lines(&handed_out)) {
            let left: Vec<&str> = tests(&file).collect();
            let gone = names.iter().filter(|name| !left.contains(&name.as_str()));
            let gone: Vec<&str> = gone.map(String::as_str).collect();
            return Err(changed(match gone[..] {
                [] => "`mod tests` has been changed".to_owned(),
                [one] => format!("{one} is missing"),
                _ => format!("{} are missing", gone.join(", ")),
            }));
        }
        // Beside the right tests there may be others of the same names, which are run in their place.
        let without_spaces: String = file.split_whitespace().collect();
        if without_spaces.matches("modtests{").count() > 1 {
            return Err(changed("there is a second `mod tests`".to_owned()));
        }
        Ok(names)
    }

    /// From the first line of its tests on.
    fn handed_out_tests(&self) -> Result<String, Trouble> {
        let solution = read(&self.solution())?;
        let start = solution.find(TESTS).ok_or_else(|| {
            let solution = shown(&self.solution());
            Trouble::Unreadable(format!("error: {solution} has no tests"))
        })?;
        Ok(solution[start..].to_owned())
    }

    /// Puts its file back as it was handed out, and gives the place where what was there is kept, if anything was.
    pub fn reset(&self) -> Result<Option<PathBuf>, String> {
        let start = root().join(STARTS).join(format!("{}.rs", self.name));
        let start = read(&start).map_err(Trouble::told)?;
        let tests = self.handed_out_tests().map_err(Trouble::told)?;
        let kept = match fs::read(self.file()) {
            Ok(text) => Some(self.keep(&text).map_err(|error| {
                format!("error: can't keep a copy in {}: {error}", shown(&target()))
            })?),
            Err(_) => None,
        };
        let written = fs::write(self.file(), start + &tests);
        written.map_err(|error| {
            format!("error: can't write {}: {error}", shown(&self.file()))
        })?;
        Ok(kept)
    }

    /// Writes a copy to where none is yet.
    fn keep(&self, text: &[u8]) -> io::Result<PathBuf> {
        let folder = target().join("kept");
        fs::create_dir_all(&folder)?;
        let mut number = 1;
        loop {
            let copy = folder.join(format!("{}_{number}.rs", self.name));
            match File::create_new(&copy) {
                Ok(mut file) => {
                    file.write_all(text)?;
                    return Ok(copy);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Notes that it is right as it was built last. It is a note for hints: what can't be noted does no harm.
    pub fn note_right(&self) {
        _ = fs::copy(self.noted("rs"), self.noted("right"));
    }

    /// Whether its file is as it was when it was right.
    pub fn is_known_to_be_right(&self) -> bool {
        let file = read(&self.file()).ok();
        file.is_some() && file == fs::read_to_string(self.noted("right")).ok()
    }

    fn noted(&self, extension: &str) -> PathBuf {
        target().join("checked").join(&self.name).with_extension(extension)
    }

    /// Makes sure that the next build sees the file as it is. Cargo goes by a file's time, and one that was put back, or copied
    /// with its time, may be older than the program that was built of another.
    pub fn freshen(&self) -> Result<(), String> {
        let file = self.file();
        let text = read(&file).map_err(Trouble::told)?;
        let last = self.noted("rs");
        if fs::read_to_string(&last).is_ok_and(|last| last == text) {
            return Ok(());
        }
        let note = || -> io::Result<()> {
            fs::create_dir_all(target().join("checked"))?;
            let time =
                |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
            if last.exists() && time(&file) <= time(&last) {
                File::options()
                    .append(true)
                    .open(&file)?
                    .set_modified(SystemTime::now())?;
            }
            fs::write(&last, &text)
        };
        note().map_err(|error| {
            format!("error: can't note in {}: {error}", shown(&target()))
        })
    }
}

/// Why an exercise can't be checked by its tests.
pub enum Trouble {
    /// A file can't be read: nothing that the student did wrong.
    Unreadable(String),
    /// The tests have been changed.
    Changed(String),
}

impl Trouble {
    /// In words.
    pub fn told(self) -> String {
        match self {
            Trouble::Unreadable(text) | Trouble::Changed(text) => text,
        }
    }
}

const TESTS: &str = "#[cfg(test)]\nmod tests {";

/// Where the exercises are as they were handed out, without their tests.
const STARTS: &str = "tests/starts";

/// The names of the test functions in a text.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("#[test]").skip(1);
    after
        .filter_map(|text| text.split_once("fn ")?.1.split_once('('))
        .map(|(name, _)| name)
}

/// The lines of a text, without indentation and empty ones.
fn lines(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn read(path: &Path) -> Result<String, Trouble> {
    let text = fs::read_to_string(path).map_err(|error| {
        Trouble::Unreadable(format!("error: can't read {}: {error}", shown(path)))
    })?;
    Ok(text.replace("\r\n", "\n"))
}

/// The classroom: Cargo says where this program's package is, and otherwise it is where it was built.
pub fn root() -> PathBuf {
    let run = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    run.filter(|folder| folder.join("info.toml").is_file())
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")))
}

/// Where Cargo builds.
fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| root().join("target"))
}

/// A path as one would type it here.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
