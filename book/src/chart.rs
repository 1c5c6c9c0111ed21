//! `{{#recording SCENARIO}}`: the sequence chart of a recording.

/// Draws a recording.
pub fn render(_scenario: &str, _root: &std::path::Path) -> anyhow::Result<String> {
    Ok(String::new())
}
