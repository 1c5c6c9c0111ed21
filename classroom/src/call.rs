//! A call of a student's function.

use crate::limit::limit;
use crate::story::Outcome;
use crate::student::{Returned, Student};

/// Runs a student's function within the time limit and gives its value.
pub fn call<R: Returned>(
    name: &str,
    function: impl FnOnce() -> R + Send + 'static,
) -> Outcome<R::Value> {
    let (student, value) = Student::function(&format!("`{name}`"), function);
    student.returns()?;
    value.recv_timeout(limit()).map_err(|_| student.fails("returned nothing", ""))
}
