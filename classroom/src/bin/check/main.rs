//! Checks the exercises, and decides: an exercise is right when every test that it was handed out with ran and passed.
//!
//! - `cargo exercise`: in their order, up to the first that is not right yet
//! - `cargo exercise NAME`: one
//! - `cargo exercise all`: a line for each
//! - `cargo exercise hint`: a hint for the first that was not found right so far
//! - `cargo exercise hint NAME`: a hint; `cargo exercise hint NAME 2` is the next
//! - `cargo exercise try NAME ADDRESS`: runs a server or a client, to try it by hand
//! - `cargo exercise reset NAME`: puts it back as it was handed out, and keeps a copy

mod exercise;
mod run;

use std::env;
use std::process::{Command, ExitCode};

use exercise::{Exercise, FROM_SCRATCH, named, shown};
use grader::say;
use run::{Verdict, check};

const USAGE: &str = "usage: cargo exercise [all | NAME | hint [NAME [LEVEL]] | try NAME [ADDRESS] | reset NAME]";

fn main() -> ExitCode {
    grader::command(|arguments| match *arguments {
        ["--help" | "-h" | "help"] => {
            say!("{USAGE}");
            Ok(())
        }
        [] => first_that_fails(),
        ["all"] => all(),
        ["hint"] => first_hint(),
        ["hint", name] => hint(&named(name)?, "1"),
        ["hint", name, level] => hint(&named(name)?, level),
        ["try", name, ref rest @ ..] => by_hand(&named(name)?, rest),
        ["reset", name] => reset(&named(name)?),
        [name] if !["try", "reset"].contains(&name) => {
            let exercise = named(name)?;
            one(&exercise)?;
            tell_next(&exercise);
            Ok(())
        }
        _ => Err(USAGE.to_owned()),
    })
}

/// Prints one level of a hint.
fn hint(exercise: &Exercise, level: &str) -> Result<(), String> {
    let name = &exercise.name;
    let levels: Vec<&str> = exercise.hints().collect();
    let count = levels.len();
    let number = level.parse().unwrap_or(0);
    let Some(text) = levels.get(usize::wrapping_sub(number, 1)) else {
        return Err(format!("error: `{name}` has no hint `{level}`, but 1 to {count}"));
    };
    say!("{text}");
    if number < count {
        say!("Next: cargo exercise hint {name} {}", number + 1);
    } else {
        say!("That was the last one.");
    }
    Ok(())
}

/// Checks nothing: a hint should come at once.
fn first_hint() -> Result<(), String> {
    let Some(next) = exercise::all().find(|it| !it.is_known_to_be_right()) else {
        say!("All exercises are right.");
        return Ok(());
    };
    say!("{}:", next.name);
    hint(&next, "1")
}

fn reset(exercise: &Exercise) -> Result<(), String> {
    let kept = exercise.reset()?;
    say!("{} is as it was handed out.", shown(&exercise.file()));
    if let Some(kept) = kept {
        say!("What you had is kept in {}.", shown(&kept));
    }
    Ok(())
}

fn first_that_fails() -> Result<(), String> {
    for exercise in exercise::all() {
        one(&exercise)?;
    }
    say!("All exercises are right.");
    Ok(())
}

fn all() -> Result<(), String> {
    let (mut right, mut count) = (0, 0);
    for exercise in exercise::all() {
        let state = match check(&exercise)? {
            Verdict::Right => "right",
            Verdict::NotYet(_) => "not yet",
            Verdict::DoesNotCompile(_) => "does not compile",
            Verdict::TestsMissing(_) => "its tests are missing or changed",
        };
        say!("{:32} {state}", exercise.name);
        count += 1;
        right += usize::from(state == "right");
    }
    say!("{right} of {count} exercises are right.");
    if right == count { Ok(()) } else { Err(String::new()) }
}

fn one(exercise: &Exercise) -> Result<(), String> {
    let name = &exercise.name;
    let why = match check(exercise)? {
        Verdict::Right => {
            match exercise.has_solution() {
                true => say!("{name}: right. Compare: {}", shown(&exercise.solution())),
                false => say!("{name}: right."),
            }
            return Ok(());
        }
        Verdict::NotYet(story) => story,
        Verdict::DoesNotCompile(messages) => {
            format!("{messages}\n{name} does not compile.\n")
        }
        Verdict::TestsMissing(why) => {
            return Err(format!("{name}: not right: {}", why.trim_end()));
        }
    };
    say!("{}\n", why.trim_end());
    Err(format!("{name}: not yet. For a hint: cargo exercise hint {name}"))
}

/// Says which exercise comes after this one, and before that, at the end of a chapter, what begins with an empty project.
fn tell_next(exercise: &Exercise) {
    let next = exercise::all().skip_while(|it| it.name != exercise.name).nth(1);
    let dir = &exercise.dir;
    if next.as_ref().is_none_or(|next| next.dir != *dir)
        && let Some((_, name, page)) = FROM_SCRATCH.iter().find(|it| it.0 == dir)
    {
        say!("To write from an empty project: `{name}`, see chapters/{dir}/{page}");
    }
    match next {
        Some(next) => {
            say!(
                "Next: cargo exercise {}, or cargo exercise for the first that is not right yet",
                next.name
            );
        }
        None => say!("That was the last one. For all of them: cargo exercise all"),
    }
}

/// Runs the exercise's own `main`, in the place of this process where the system can do that: what ends it then ends the program.
fn by_hand(exercise: &Exercise, arguments: &[&str]) -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["run", "--quiet", "--manifest-path"])
        .arg(exercise::root().join("Cargo.toml"))
        .args(["--bin", &exercise.name, "--"])
        .args(arguments);
    #[cfg(unix)]
    let failed = std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    let failed = match command.status() {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => return Err(format!("{}: ended with {status}", exercise.name)),
        Err(error) => error,
    };
    Err(format!("error: can't run `cargo run`: {failed}"))
}

#[cfg(test)]
mod tests {
    /// What no report of single tests shows: those that are not there any more.
    #[test]
    fn every_exercise_has_the_tests_that_it_was_handed_out_with() {
        let mut wrong = String::new();
        for exercise in super::exercise::all() {
            let compiled = super::run::compiled_in(&exercise);
            let why = match (exercise.tests(), compiled) {
                (Err(trouble), _) => trouble.told(),
                // That has a line of its own.
                (Ok(_), Err(_)) => continue,
                (Ok(tests), Ok(compiled)) => {
                    let gone = tests.into_iter().filter(|test| !compiled.contains(test));
                    gone.map(|test| format!("{test} is not compiled in. ")).collect()
                }
            };
            if !why.is_empty() {
                wrong.push_str(&format!("{}: {why}\n", exercise.name));
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}
