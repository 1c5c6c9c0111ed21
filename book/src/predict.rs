//! `{{#predict NAME}}`: questions on what a program will do.

/// Asks a few questions.
pub fn render(_name: &str, _root: &std::path::Path) -> anyhow::Result<String> {
    Ok(String::new())
}
