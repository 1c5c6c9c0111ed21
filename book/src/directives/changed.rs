//! `{{#changed OLD NEW}}`: what changed between two programs.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use similar::{ChangeTag, TextDiff};

use chart::html::escape;

/// Shows the difference of two examples, folded. Marks of the book's own (`// ANCHOR`) are no part of it.
pub fn render(old: &str, new: &str, root: &Path) -> Result<String> {
    let (before, after) = (program(root, old)?, program(root, new)?);
    let diff = TextDiff::from_lines(&before, &after);
    let count = |tag| diff.iter_all_changes().filter(|it| it.tag() == tag).count();
    let (added, removed) = (count(ChangeTag::Insert), count(ChangeTag::Delete));

    let mut html = format!(
        "<details class=\"changed\"><summary>What changed from <code>{}</code> to <code>{}</code>: \
         {added} {} in, {removed} out</summary>\n<pre>",
        escape(old),
        escape(new),
        if added == 1 { "line" } else { "lines" },
    );
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        let _ = write!(html, "<span class=\"hunk\">{}</span>", hunk.header());
        for change in hunk.iter_changes() {
            let line = escape(change.value().trim_end_matches('\n'));
            let _ = match change.tag() {
                ChangeTag::Insert => write!(html, "\n<ins>+ {line}</ins>"),
                ChangeTag::Delete => write!(html, "\n<del>- {line}</del>"),
                // Markdown takes a blank line for the end of the block.
                ChangeTag::Equal if line.trim().is_empty() => {
                    write!(html, "&#10;  {line}")
                }
                ChangeTag::Equal => write!(html, "\n  {line}"),
            };
        }
        html.push('\n');
    }
    html += "</pre></details>\n";
    Ok(html)
}

/// The source of an example, without the marks by which pages include its pieces.
fn program(root: &Path, example: &str) -> Result<String> {
    let source = read_example(root, example)?;
    let lines = source.split_inclusive('\n');
    Ok(lines.filter(|line| !is_anchor(line)).collect())
}

/// Reads an example's source.
pub fn read_example(root: &Path, example: &str) -> Result<String> {
    let path = format!("examples/{example}.rs");
    fs::read_to_string(root.join(&path)).with_context(|| format!("can't read {path}"))
}

/// Whether a line only marks a piece for a page to include.
pub fn is_anchor(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("// ANCHOR:") || line.starts_with("// ANCHOR_END:")
}
