//! The server and the client of chapter 5 and the line server of chapter 6, ours or yours, as the classroom's grader takes them.
//!
//! `WORKBOOK_SERVER` and `WORKBOOK_CLIENT` are commands that run a program in any language, in
//! the folder of the workspace. In them `{host}`, `{port}` and `{addr}` stand for the address
//! to listen on or to connect to.

use std::collections::BTreeSet;
use std::env;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use grader::{Client, Outcome, Server, Story, client_program, server_program, variable};

use crate::examples::{path, root};

/// A server that takes connections.
pub fn server() -> Outcome<Server> {
    server_program(&command("WORKBOOK_SERVER", "05_threaded_server")?)
}

/// A client that is about to connect.
pub fn client() -> Outcome<Client<Vec<u8>>> {
    client_program(&command("WORKBOOK_CLIENT", "05_scripted_client")?)
}

/// What runs the program: the variable says it, or else it is this example.
fn command(name: &str, example: &str) -> Outcome<String> {
    // Cargo runs tests in the folder of their package.
    _ = env::set_current_dir(root()); // where that can't be, the command says so
    let ours = || format!("\"{}\" {{addr}}", path(example).display());
    Ok(variable(name)?.unwrap_or_else(ours))
}

/// The story, or a line if another test has told one of the same fault.
pub fn unless_told(story: &Story) -> String {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    story.unless_told(&mut told).unwrap_or_else(|before| before)
}

/// A line server: yours, or else this example; and whether it is the example.
pub fn server_or(example: &str) -> Outcome<(Server, bool)> {
    let is_ours = variable("WORKBOOK_SERVER")?.is_none();
    Ok((server_program(&command("WORKBOOK_SERVER", example)?)?, is_ours))
}

/// Says on the terminal whose programs are checked, also if all goes well: for each name of checks, the variable, and what is
/// the book's.
pub fn tell_whose(checks: &[(&str, &str, &str)]) -> Outcome {
    for (checks, name, ours) in checks {
        let whose = match variable(name)? {
            Some(command) => format!("yours, `{command}` ({name})"),
            None => format!("the book's, {ours} ({name} is not set)"),
        };
        let what = if *name == "WORKBOOK_CLIENT" { "client" } else { "server" };
        // Not by `eprintln`: the test runner would keep it to itself.
        _ = writeln!(io::stderr(), "the {what} that {checks} checks: {whose}");
    }
    Ok(())
}
