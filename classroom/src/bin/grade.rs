//! Grades a server or a client in any language on the conversation of chapter 5, or a server on chapter 6's, which is in lines.
//!
//! ```text
//! cargo grade server "python3 my_server.py {port}"
//! cargo grade client "python3 my_client.py {host} {port}"
//! cargo grade lines "python3 my_server.py {port}"
//! ```
//!
//! Without arguments it takes the commands of the environment variables `WORKBOOK_SERVER` and `WORKBOOK_CLIENT`. All checks
//! together have ten time limits: with 3 seconds, 30.
//!
//! `cargo test --bin grade` and `cargo nextest run --bin grade` do the same, one test for each check.

use grader::chapter_05::{CLIENT, Check, SERVER};
use grader::chapter_06::LINES;
use grader::{Outcome, Room, Story, say};
use grader::{client_program, limit, server_program, side_by_side, variable};
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Instant;

/// How many time limits all checks have together.
const LIMITS: u32 = 10;

/// How many checks are made at the same time, each of its own program: most of their time they wait.
const AT_ONCE: usize = 6;

/// How many lines of stories are shown.
const STORIES: usize = 150;

fn main() -> ExitCode {
    grader::command(|arguments| {
        match grade_all(arguments).map_err(|story| story.to_string())? {
            0 => {
                say!("All checks pass.");
                return Ok(());
            }
            1 => say!("1 check failed."),
            failed => say!("{failed} checks failed."),
        }
        Err(String::new())
    })
}

/// Grades the programs that the arguments or the variables name. Gives how many checks failed.
fn grade_all(arguments: &[&str]) -> Outcome<usize> {
    let variables = (variable("WORKBOOK_SERVER")?, variable("WORKBOOK_CLIENT")?);
    let (server, client, lines) = match *arguments {
        ["server", command] => (Some(command.to_owned()), None, None),
        ["client", command] => (None, Some(command.to_owned()), None),
        ["lines", command] => (None, None, Some(command.to_owned())),
        [] => (variables.0, variables.1, None),
        _ => (None, None, None),
    };
    if server.is_none() && client.is_none() && lines.is_none() {
        return Err(Story::new(
            "usage: cargo grade server \"COMMAND {port}\"\n       cargo grade client \"COMMAND {host} {port}\"\n       \
             cargo grade lines \"COMMAND {port}\"\n\
             or set WORKBOOK_SERVER or WORKBOOK_CLIENT to the command; {addr} is host and port in one",
        ));
    }
    let mut grading = Grading {
        room: Room(STORIES),
        until: Instant::now() + limit() * LIMITS,
        faults: BTreeSet::new(),
    };
    let mut failed = 0;
    if let Some(command) = server {
        failed += grading.grade("server", SERVER, move || server_program(&command));
    }
    if let Some(command) = client {
        failed += grading.grade("client", CLIENT, move || client_program(&command));
    }
    if let Some(command) = lines {
        failed += grading.grade("lines", LINES, move || server_program(&command));
    }
    Ok(failed)
}

/// What is left of the lines and of the time.
struct Grading {
    room: Room,
    until: Instant,
    /// The common faults that have been told.
    faults: BTreeSet<&'static str>,
}

impl Grading {
    /// Makes the checks, each of a program that is started for it, and prints how they went. Gives how many failed.
    fn grade<T: Send + 'static>(
        &mut self,
        what: &str,
        checks: &'static [Check<T>],
        start: impl Fn() -> Outcome<T> + Send + Sync + 'static,
    ) -> usize {
        // If it can't be started once, it can't be started.
        if let Err(story) = start() {
            self.tell(what, checks[0].0, Err(story));
            say!("The other checks of the {what} were not tried.");
            return 1;
        }
        let results = side_by_side(AT_ONCE, checks, move |(_, check)| check(&start()?));
        let mut failed = 0;
        for ((name, _), result) in checks.iter().zip(results) {
            let left = self.until.saturating_duration_since(Instant::now());
            let result = result.recv_timeout(left).unwrap_or_else(|_| {
                let late = (limit() * LIMITS).as_secs_f64();
                let story =
                    format!("not done when the {late} s for all checks were over");
                Err(Story::new(story))
            });
            failed += usize::from(self.tell(what, name, result));
        }
        failed
    }

    /// Prints how a check went. Gives whether it failed.
    fn tell(&mut self, what: &str, name: &str, result: Outcome) -> bool {
        match &result {
            Ok(()) => say!("ok      {what}: {name}"),
            // Once is enough.
            Err(story)
                if story.common_fault().is_some_and(|it| !self.faults.insert(it)) =>
            {
                let fault = story.common_fault().unwrap_or_default();
                say!("FAILED  {what}: {name}, as before: {fault}");
            }
            Err(story) => {
                let story = self.room.fit(&story.to_string());
                say!("FAILED  {what}: {name}\n{story}");
            }
        }
        result.is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The command of the variable, unless it is not set.
    fn command(name: &str) -> Outcome<Option<String>> {
        let command = variable(name)?;
        if command.is_none() {
            println!("skipped: {name} is not set");
        }
        Ok(command)
    }

    fn named<T>(checks: &[Check<T>], name: &str) -> fn(&T) -> Outcome {
        let found = checks.iter().find(|check| check.0 == name);
        found.unwrap_or_else(|| panic!("there is no check {name}")).1
    }

    fn server(name: &str) -> Outcome {
        let check = named(SERVER, name);
        command("WORKBOOK_SERVER")?
            .map_or(Ok(()), |command| check(&server_program(&command)?))
    }

    fn client(name: &str) -> Outcome {
        let check = named(CLIENT, name);
        command("WORKBOOK_CLIENT")?
            .map_or(Ok(()), |command| check(&client_program(&command)?))
    }

    /// One test for each check, so that a report has a line for each.
    macro_rules! tests {
        ($kind:ident, $checks:ident: $($name:ident)*) => {
            mod $kind {
                $(#[test]
                fn $name() -> grader::Outcome {
                    super::$kind(stringify!($name))
                })*
            }
        };
    }

    grader::server_checks!(tests);
    grader::client_checks!(tests);
}
