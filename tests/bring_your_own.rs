//! The server and the client of chapter 5, ours or yours, as the classroom's grader takes them.
//!
//! `WORKBOOK_SERVER` and `WORKBOOK_CLIENT` are commands that run a program in any language, in
//! the folder of the workspace. In them `{host}`, `{port}` and `{addr}` stand for the address
//! to listen on or to connect to.

use std::env;

use grader::{Client, Graded, Server, client_program, server_program};

use crate::examples::path;

/// A server that takes connections.
pub fn server() -> Graded<Server> {
    server_program(&command("WORKBOOK_SERVER", "05_threaded_server"))
}

/// A client that is about to connect.
pub fn client() -> Graded<Client<Vec<u8>>> {
    client_program(&command("WORKBOOK_CLIENT", "05_scripted_client"))
}

/// What runs the program: the variable says it, or else it is this example.
fn command(variable: &str, example: &str) -> String {
    let yours = env::var(variable).ok().filter(|command| !command.trim().is_empty());
    yours.unwrap_or_else(|| format!("'{}' {{addr}}", path(example).display()))
}
