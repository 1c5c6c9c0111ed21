//! A lock that outlives a panic: what a student's code does must not spoil what is told about it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks it, also if a thread has panicked while it had it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
