//! `{{#changed OLD NEW}}`: what changed between two programs.

/// Shows the difference of two examples.
pub fn render(_old: &str, _new: &str, _root: &std::path::Path) -> anyhow::Result<String> {
    Ok(String::new())
}
