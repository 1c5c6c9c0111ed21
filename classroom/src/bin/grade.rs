//! Grades a server or a client in any language on the conversation of chapter 5.
//!
//! ```text
//! cargo run --bin grade -- server "python3 my_server.py {port}"
//! cargo run --bin grade -- client "python3 my_client.py {host} {port}"
//! ```
//!
//! Without arguments it takes the commands of the environment variables `WORKBOOK_SERVER` and `WORKBOOK_CLIENT`.
//! `cargo test --bin grade` and `cargo nextest run --bin grade` do the same, one test for each check.

use grader::chapter_5::{CLIENT, Check, SERVER};
use grader::{Graded, client_program, server_program};
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (server, client) = (env::var("WORKBOOK_SERVER"), env::var("WORKBOOK_CLIENT"));
    let (server, client) = match arguments[..] {
        ["server", command] => (Some(command), None),
        ["client", command] => (None, Some(command)),
        [] => (server.as_deref().ok(), client.as_deref().ok()),
        _ => (None, None),
    };
    if server.is_none() && client.is_none() {
        eprintln!("usage: grade server \"COMMAND {{port}}\"");
        eprintln!("       grade client \"COMMAND {{host}} {{port}}\"");
        eprintln!(
            "or set WORKBOOK_SERVER or WORKBOOK_CLIENT to the command; {{addr}} is host and port in one"
        );
        return ExitCode::FAILURE;
    }
    let mut failed = 0;
    if let Some(command) = server {
        failed += grade("server", SERVER, || server_program(command));
    }
    if let Some(command) = client {
        failed += grade("client", CLIENT, || client_program(command));
    }
    match failed {
        0 => {
            println!("All checks pass.");
            ExitCode::SUCCESS
        }
        _ => {
            println!("{failed} check{} failed.", if failed == 1 { "" } else { "s" });
            ExitCode::FAILURE
        }
    }
}

/// Runs the checks, each on a program that is started for it, and prints how they went. Gives how many failed.
fn grade<T>(what: &str, checks: &[Check<T>], start: impl Fn() -> Graded<T>) -> usize {
    let mut failed = 0;
    for (number, (name, check)) in checks.iter().enumerate() {
        let started = start();
        let hopeless = number == 0 && started.is_err();
        match started.and_then(|program| check(&program)) {
            Ok(()) => println!("ok      {what}: {name}"),
            Err(story) => {
                println!("FAILED  {what}: {name}\n{story}");
                failed += 1;
            }
        }
        if hopeless {
            println!("The other checks of the {what} were not tried.");
            break;
        }
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The command of the variable, unless it is not set.
    fn command(variable: &str) -> Option<String> {
        let command = env::var(variable).ok();
        if command.is_none() {
            println!("skipped: {variable} is not set");
        }
        command
    }

    fn named<T>(checks: &[Check<T>], name: &str) -> fn(&T) -> Graded {
        let found = checks.iter().find(|check| check.0 == name);
        found.unwrap_or_else(|| panic!("there is no check {name}")).1
    }

    fn server(name: &str) -> Graded {
        let check = named(SERVER, name);
        command("WORKBOOK_SERVER")
            .map_or(Ok(()), |command| check(&server_program(&command)?))
    }

    fn client(name: &str) -> Graded {
        let check = named(CLIENT, name);
        command("WORKBOOK_CLIENT")
            .map_or(Ok(()), |command| check(&client_program(&command)?))
    }

    /// One test for each check, so that a report has a line for each.
    macro_rules! tests {
        ($kind:ident, $checks:ident: $($name:ident)*) => {
            mod $kind {
                $(#[test]
                fn $name() -> grader::Graded {
                    super::$kind(stringify!($name))
                })*
            }
        };
    }

    grader::server_checks!(tests);
    grader::client_checks!(tests);
}
