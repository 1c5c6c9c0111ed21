//! A call of a student's function.

use crate::limit::limit;
use crate::story::{Outcome, Story};
use crate::student::{Returned, Student};
use std::fmt::Display;

/// Runs a student's function within the time limit and gives its value.
pub fn call<R: Returned>(
    name: &str,
    function: impl FnOnce() -> R + Send + 'static,
) -> Outcome<R::Value> {
    let (student, value) = Student::function(&format!("`{name}`"), function);
    student.returns()?;
    value.recv_timeout(limit()).map_err(|_| student.fails("returned nothing", ""))
}

/// What a function of this name did, and besides, that it returned no error. If it did, the story says so.
pub fn and_returns<E: Display>(
    name: &str,
    returned: Result<(), E>,
    did: Outcome,
) -> Outcome {
    let Err(error) = returned else { return did };
    let right =
        || Story::new(format!("all calls were right, but not what `{name}` returned"));
    let story = did.err().unwrap_or_else(right);
    Err(story.ending(format!("`{name}` returned the error: {error}")))
}
