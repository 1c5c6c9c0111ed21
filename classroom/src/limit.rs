//! The time limit of every wait.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take that should take no time: 3 seconds, or as many as `GRADER_SECONDS` says.
pub fn limit() -> Duration {
    seconds_of_variable().ok().flatten().unwrap_or(Duration::from_secs(3))
}

/// Fails if `GRADER_SECONDS` says nothing sensible.
pub(crate) fn check_limit() -> Result<(), String> {
    seconds_of_variable().map(|_| ())
}

fn seconds_of_variable() -> Result<Option<Duration>, String> {
    let Some(text) = std::env::var_os("GRADER_SECONDS") else { return Ok(None) };
    let text = text.to_string_lossy();
    let seconds = text.parse().ok().filter(|seconds| (0.01..=3600.0).contains(seconds));
    let seconds = seconds.ok_or_else(|| {
        format!("error: GRADER_SECONDS is `{text}`; it must be a number of seconds, at most 3600")
    })?;
    Ok(Some(Duration::from_secs_f64(seconds)))
}

/// Whether something comes to be so within this time.
pub(crate) fn within(time: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + time;
    while !is_so() {
        if Instant::now() > until {
            return false;
        }
        thread::sleep(Duration::from_millis(2));
    }
    true
}

/// As in "nothing came for 3 s".
pub(crate) fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
