//! The classroom's check of itself: `cargo test --test self_check`.
//!
//! `WORKBOOK_REFRESH=1` writes the expected stories again, from what the starting files really give.

mod bring_your_own;
mod exercises;
mod grader_itself;
mod handed_in;
mod line_faults;
mod one_fault;
mod right;
mod rules;
mod runaway;
mod seat_check;
mod verdicts;
mod wrong;

use std::env;
use std::fs;
use std::path::PathBuf;

/// Compares a story with the file that promises it, or writes the file.
fn compare_with_promise(name: &str, story: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(format!("tests/expected/{name}.txt"));
    if env::var_os("WORKBOOK_REFRESH").is_some() {
        fs::write(&path, story).expect("the file can be written");
        return;
    }
    let promised = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        promised == story,
        "{} promises\n\n{promised}\n\nbut the story is\n\n{story}",
        path.display()
    );
}
