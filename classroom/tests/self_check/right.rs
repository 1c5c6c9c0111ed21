//! Right solutions in another style than ours pass: a test looks at what a program does, not at how it is written.

use crate::handed_in::{HandedIn, handed_in, judge_each};
use std::process::Output;

#[test]
fn every_right_solution_in_another_style_passes() {
    judge_each(&handed_in("right"), "10", passes);
}

fn passes(_right: &HandedIn, output: &Output) -> Result<(), String> {
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("it is refused:\n{text}"));
    }
    match text.contains("\nrunning 0 tests\n") {
        true => Err(String::from("none of its tests has run")),
        false => Ok(()),
    }
}
