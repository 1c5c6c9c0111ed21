//! Symbolic links that lead out of the repository: what is there must not get into the book.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::{DirEntry, WalkDir};

use crate::problem::Problem;

/// Finds the symbolic links, in these files and folders of the repository, that lead out of it or go round in circles.
pub fn links<'a>(
    root: &Path,
    within: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Problem>> {
    let real_root = fs::canonicalize(root)
        .with_context(|| format!("can't find {}", root.display()))?;
    let mut problems = Vec::new();
    for start in within {
        let mut entries = WalkDir::new(root.join(start)).follow_links(true).into_iter();
        while let Some(entry) = entries.next() {
            let (path, to, what) = match &entry {
                Ok(entry) => match leads_out(entry, &real_root) {
                    Some(to) => (entry.path(), to, "outside the repository"),
                    None => continue,
                },
                Err(error) => match (error.path(), error.loop_ancestor()) {
                    (Some(link), Some(to)) => {
                        (link, to.to_owned(), "the folder that it is in")
                    }
                    _ => continue, // what else is wrong is told when the file is read
                },
            };
            let file = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
            let to = to.strip_prefix(root).unwrap_or(&to).display();
            let message = format!("is a link to {to}, {what}");
            problems.push(Problem::new(file.replace('\\', "/"), None, message));
            if entry.is_ok_and(|entry| entry.file_type().is_dir()) {
                entries.skip_current_dir();
            }
        }
    }
    Ok(problems)
}

/// Where a file or folder really is, if that is outside.
fn leads_out(entry: &DirEntry, real_root: &Path) -> Option<PathBuf> {
    // The way to the first may have links as well.
    if !entry.path_is_symlink() && entry.depth() > 0 {
        return None;
    }
    let real = fs::canonicalize(entry.path()).ok()?;
    (!real.starts_with(real_root)).then_some(real)
}
