//! `{{#terminals A B …}}`: transcripts side by side.

/// Shows transcripts as terminals.
pub fn render(_names: &[&str], _root: &std::path::Path) -> anyhow::Result<String> {
    Ok(String::new())
}
