//! A student's function: a call of it, and its panics.

use crate::limit::limit;
use crate::story::{Log, Outcome};
use crate::student::{Returned, Student};

/// A panic that nobody else notices: the connection of a thread that panics is closed, as it would be otherwise.
pub(crate) fn has_not_panicked(student: &Student, log: &Log) -> Outcome {
    let Some(panic) = student.panic() else { return Ok(()) };
    if panic.contains(": not yet implemented") {
        return Err(student.story(log, "panicked", "", &[]));
    }
    let what = format!("It panicked at {panic}.");
    let advice = "What the other side does is no reason to panic: it is an error to return, or an end to see.";
    Err(student.brief(log, "panicked", &format!("{what}\n{advice}")))
}

/// Runs a student's function within the time limit and gives its value.
pub fn call<R: Returned>(
    name: &str,
    function: impl FnOnce() -> R + Send + 'static,
) -> Outcome<R::Value> {
    let (student, value) = Student::function(&format!("`{name}`"), function);
    let log = Log::default();
    if !student.ends() {
        return Err(student.story(&log, "did not return", "", &[]));
    }
    if student.went_wrong() {
        return Err(student.story(&log, "did not return as it should", "", &[]));
    }
    value
        .recv_timeout(limit())
        .map_err(|_| student.story(&log, "returned nothing", "", &[]))
}
