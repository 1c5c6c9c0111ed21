//! Wrong solutions are refused, with a story that names the fault.
//!
//! `tests/wrong/EXERCISE/FAULT.rs` begins with what the story has to say, in one or several lines `// told: …`.

use crate::handed_in::{HandedIn, handed_in, judge_each};
use std::process::Output;

#[test]
fn every_wrong_solution_is_refused_and_told_why() {
    if !cfg!(target_os = "linux") {
        println!("skipped: panics of a function's threads are told on Linux only");
        return;
    }
    judge_each(&handed_in("wrong"), "3", is_refused);
}

fn is_refused(wrong: &HandedIn, output: &Output) -> Result<(), String> {
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.code() != Some(101) {
        return Err(format!("it is not refused ({}):\n{text}", output.status));
    }
    let told: Vec<&str> =
        wrong.text.lines().map_while(|line| line.strip_prefix("// told: ")).collect();
    if told.is_empty() {
        return Err(String::from("its file says nothing of the story"));
    }
    match told.iter().find(|told| !text.contains(**told)) {
        Some(told) => Err(format!("`{told}` is not in the story:\n{text}")),
        None => Ok(()),
    }
}
