//! The classroom's check of itself: `cargo test --test self_check`.
//!
//! `WORKBOOK_REFRESH=1` writes the expected stories again, from what the starting files really give.

mod bring_your_own;
mod exercises;
mod from_scratch;
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
use std::path::Path;

/// Compares a story with the file that promises it, or writes the file.
fn compare_with_promise(name: &str, story: &str) {
    compare_with_file(&format!("tests/expected/{name}.txt"), story);
}

/// Compares a text with a file of the classroom that holds it, or writes the file.
fn compare_with_file(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if env::var_os("WORKBOOK_REFRESH").is_some() {
        fs::write(&path, text).expect("the file can be written");
        return;
    }
    let promised = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        promised == text,
        "{} promises\n\n{promised}\n\nbut there is\n\n{text}",
        path.display()
    );
}
