//! The environment variables of the workbook's tests: `WORKBOOK_…`.

use crate::story::{Outcome, Story};
use std::env;

const KNOWN: [&str; 4] =
    ["WORKBOOK_CLIENT", "WORKBOOK_REFRESH", "WORKBOOK_SECONDS", "WORKBOOK_SERVER"];

/// The value of one of these variables: `None` if it isn't set, or empty.
///
/// Fails if there is another that begins like them: with a typo in the name, the tests would check another program than their
/// user believes.
pub fn variable(name: &str) -> Outcome<Option<String>> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut workbooks = names.filter(|name| name.starts_with("WORKBOOK_"));
    if let Some(unknown) = workbooks.find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(Story::new(format!(
            "the environment variable {unknown} means nothing here; there are {}",
            KNOWN.join(", ")
        )));
    }
    match env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(Some(value)),
        Ok(_) | Err(env::VarError::NotPresent) => Ok(None),
        Err(error) => Err(Story::new(format!(
            "the environment variable {name} can't be read: {error}"
        ))),
    }
}
