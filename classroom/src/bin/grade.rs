//! Grades programs in any language: a server or a client on the conversation of chapter 5, a server on that of chapter 6, which is
//! in lines, and those that begin with an empty project after chapters 2, 3 and 4.
//!
//! ```text
//! cargo grade server "python3 my_server.py {port}"
//! cargo grade client "python3 my_client.py {host} {port}"
//! cargo grade lines "python3 my_server.py {port}"
//! cargo grade listen "python3 listen.py {host} {port}"
//! cargo grade echo "python3 echo.py {host} {port}"
//! cargo grade ask "python3 ask.py {host} {port} {text}"
//! ```
//!
//! Without arguments it takes the commands of the environment variables `WORKBOOK_SERVER`, `WORKBOOK_CLIENT`, `WORKBOOK_LISTEN`,
//! `WORKBOOK_ECHO`, `WORKBOOK_ASK` and `WORKBOOK_LINES`. The checks of a program have ten time limits together: with 3 seconds, 30.
//!
//! `cargo test --bin grade` and `cargo nextest run --bin grade` do the same, one test for each check.

use grader::chapter_05::{CLIENT, Check, SERVER};
use grader::chapter_06::LINES;
use grader::from_scratch::{ASK, ECHO, LISTEN, ask_program, listen_program};
use grader::{Outcome, Room, Story, say};
use grader::{client_program, limit, loopback, server_program, side_by_side, variable};
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

/// What can be graded.
const KINDS: [&str; 6] = ["listen", "echo", "ask", "server", "client", "lines"];

/// The variable that holds the command of a kind.
fn variable_of(kind: &str) -> String {
    format!("WORKBOOK_{}", kind.to_uppercase())
}

/// Grades the programs that the arguments or the variables name. Gives how many checks failed.
fn grade_all(arguments: &[&str]) -> Outcome<usize> {
    let mut programs = Vec::new();
    match *arguments {
        [kind, command] if KINDS.contains(&kind) => {
            programs.push((kind, command.to_owned()))
        }
        [] => {
            for kind in KINDS {
                let command = variable(&variable_of(kind))?;
                programs.extend(command.map(|command| (kind, command)));
            }
        }
        _ => {}
    }
    if programs.is_empty() {
        return Err(Story::new(
            "usage: cargo grade listen|echo|server|lines \"COMMAND {port}\"\n       cargo grade client \"COMMAND {host} {port}\"\n       \
             cargo grade ask \"COMMAND {host} {port} {text}\"\n\
             or set WORKBOOK_LISTEN, WORKBOOK_ECHO and so on to the command; {addr} is host and port in one",
        ));
    }
    loopback()?;
    let mut failed = 0;
    let mut room = Room(STORIES);
    for (kind, command) in programs {
        let mut grading = Grading {
            room,
            until: Instant::now() + limit() * LIMITS,
            faults: BTreeSet::new(),
        };
        failed += match kind {
            "listen" => grading.grade(kind, LISTEN, move || listen_program(&command)),
            "echo" => grading.grade(kind, ECHO, move || server_program(&command)),
            "ask" => grading.grade(kind, ASK, move || ask_program(&command)),
            "lines" => grading.grade(kind, LINES, move || server_program(&command)),
            "server" => grading.grade(kind, SERVER, move || server_program(&command)),
            _ => grading.grade(kind, CLIENT, move || client_program(&command)),
        };
        room = grading.room;
    }
    Ok(failed)
}

/// What is left of the lines and of the time.
struct Grading {
    room: Room,
    until: Instant,
    /// The common faults that have been told.
    faults: BTreeSet<String>,
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
        match result.as_ref().map_err(|story| story.unless_told(&mut self.faults)) {
            Ok(()) => say!("ok      {what}: {name}"),
            // Once is enough.
            Err(Err(before)) => say!("FAILED  {what}: {name}, {before}"),
            Err(Ok(story)) => say!("FAILED  {what}: {name}\n{}", self.room.fit(&story)),
        }
        result.is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes one check of the program that the kind's variable names, unless it is not set.
    fn one<T>(
        kind: &str,
        checks: &[Check<T>],
        name: &str,
        start: fn(&str) -> Outcome<T>,
    ) -> Outcome {
        let variable = variable_of(kind);
        let Some(command) = grader::variable(&variable)? else {
            println!("skipped: {variable} is not set");
            return Ok(());
        };
        named(checks, name)(&start(&command)?)
    }

    fn named<T>(checks: &[Check<T>], name: &str) -> fn(&T) -> Outcome {
        let found = checks.iter().find(|check| check.0 == name);
        found.unwrap_or_else(|| panic!("there is no check {name}")).1
    }

    /// One test for each check, so that a report has a line for each.
    macro_rules! tests {
        ($kind:ident, $checks:ident: $($name:ident)*) => {
            mod $kind {
                $(#[test]
                fn $name() -> grader::Outcome {
                    super::one(
                        stringify!($kind),
                        super::$checks,
                        stringify!($name),
                        super::start::$kind,
                    )
                })*
            }
        };
    }

    /// What starts a program of each kind.
    mod start {
        pub use grader::client_program as client;
        pub use grader::from_scratch::{ask_program as ask, listen_program as listen};
        pub use grader::{server_program as server, server_program as echo};
    }

    grader::server_checks!(tests);
    grader::client_checks!(tests);
    grader::listen_checks!(tests);
    grader::echo_checks!(tests);
    grader::ask_checks!(tests);
}
