//! Checks the exercises, for those who do without rustlings.
//!
//! - `cargo run`: in their order, up to the first that is not right yet
//! - `cargo run NAME`: one
//! - `cargo run all`: a line for each
//! - `cargo run hint`: a hint for the first that is not right yet
//! - `cargo run hint NAME`: a hint; `cargo run hint NAME 2` is the next

use std::env;
use std::process::{Command, ExitCode};

const INFO: &str = include_str!("../../info.toml");

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => first_that_fails(),
        ["all"] => all(),
        ["hint"] => first_hint(),
        ["hint", name] => known(name).and_then(|()| hint(name, "1")),
        ["hint", name, level] => known(name).and_then(|()| hint(name, level)),
        [name] => known(name).and_then(|()| one(name)),
        _ => Err("usage: cargo run [all | NAME | hint [NAME [LEVEL]]]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The names of the exercises, in their order.
fn names() -> impl Iterator<Item = &'static str> {
    INFO.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
}

fn known(name: &str) -> Result<(), String> {
    if names().any(|known| known == name) {
        return Ok(());
    }
    Err(format!("error: there is no exercise `{name}`; `cargo run all` lists them"))
}

/// The levels of an exercise's hint. Each begins with `Hint`, and says more than the one before.
fn levels(name: &str) -> Vec<&'static str> {
    INFO.split_once(&format!("name = \"{name}\""))
        .and_then(|(_, rest)| rest.split_once("hint = \"\"\"")?.1.split_once("\"\"\""))
        .map(|(hint, _)| hint.split("\n\n").map(str::trim).collect())
        .unwrap_or_default()
}

/// Prints one level of a hint.
fn hint(name: &str, level: &str) -> Result<(), String> {
    let levels = levels(name);
    let count = levels.len();
    let number = level.parse().unwrap_or(0);
    let Some(text) = levels.get(usize::wrapping_sub(number, 1)) else {
        return Err(format!("error: `{name}` has no hint `{level}`, but 1 to {count}"));
    };
    println!("{text}");
    if number < count {
        println!("Next: cargo run hint {name} {}", number + 1);
    } else {
        println!("That was the last one.");
    }
    Ok(())
}

fn first_hint() -> Result<(), String> {
    for name in names() {
        if !test(name)?.0 {
            println!("{name}:");
            return hint(name, "1");
        }
    }
    println!("All exercises are right.");
    Ok(())
}

fn first_that_fails() -> Result<(), String> {
    for name in names() {
        one(name)?;
    }
    println!("All exercises are right.");
    Ok(())
}

fn all() -> Result<(), String> {
    let (mut right, mut count) = (0, 0);
    for name in names() {
        let (passes, output) = test(name)?;
        let state = match passes {
            true => "right",
            false if output.contains("error: could not compile") => "does not compile",
            false => "not yet",
        };
        println!("{name:32} {state}");
        count += 1;
        right += usize::from(passes);
    }
    println!("{right} of {count} exercises are right.");
    if right == count { Ok(()) } else { Err(String::new()) }
}

fn one(name: &str) -> Result<(), String> {
    let (passes, output) = test(name)?;
    if passes {
        println!("{name}: right. Compare: {}", solution(name));
        return Ok(());
    }
    println!("{output}");
    Err(format!("{name}: not yet. For a hint: cargo run hint {name}"))
}

/// Where its solution is.
fn solution(name: &str) -> String {
    let folder = INFO
        .split_once(&format!("name = \"{name}\"\ndir = \""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(folder, _)| folder);
    format!("solutions/{folder}/{name}.rs")
}

/// Runs the tests of an exercise. Gives whether they pass, and what was printed.
fn test(name: &str) -> Result<(bool, String), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["test", "--quiet", "--bin", name])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .map_err(|error| {
            format!("error: can't run `cargo test --bin {name}`: {error}")
        })?;
    let text = [output.stderr, output.stdout].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}
