//! A call of a student's function, and what it may give back.

use crate::limit::limit;
use crate::story::{Outcome, Story};
use crate::student::Student;
use std::fmt::Display;

/// What a student's function gives back: a value, or a result with one.
pub trait Returned {
    /// The value.
    type Value: Send + 'static;
    /// The value, or the error in words.
    fn outcome(self) -> Result<Self::Value, String>;
}

impl Returned for () {
    type Value = ();
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl<T: Send + 'static, E: Display> Returned for Result<T, E> {
    type Value = T;
    fn outcome(self) -> Result<T, String> {
        self.map_err(|error| error.to_string())
    }
}

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
