//! `cargo book build`: builds the book beside the last good one, checks it, and only then puts it in its place.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;

use crate::check::Problem;
use crate::directives::Workbook;

/// Builds the book into `dest`, which keeps what it has if anything is wrong with the book.
///
/// `live_reload` is the path of the WebSocket that tells pages to reload, if they are going to be served.
pub fn run(root: &Path, dest: &Path, live_reload: Option<&str>) -> Result<()> {
    let parent = dest.parent().context("the root folder can't be the book")?;
    fs::create_dir_all(parent)
        .with_context(|| format!("can't create {}", parent.display()))?;
    let beside = tempfile::Builder::new()
        .prefix(".book-")
        .tempdir_in(parent)
        .with_context(|| format!("can't create a folder in {}", parent.display()))?;
    let new = std::path::absolute(beside.path())?.join("new");

    let mut book = MDBook::load(root.join("book"))?;
    book.config.build.build_dir = new.clone();
    if let Some(endpoint) = live_reload {
        book.config
            .set("output.html.live-reload-endpoint", endpoint)?;
    }
    let problems = Rc::new(RefCell::new(Vec::new()));
    book.with_preprocessor(Workbook {
        root: root.to_owned(),
        problems: Rc::clone(&problems),
    });
    book.build()?;
    report(problems.take())?;

    if dest.exists() {
        fs::rename(dest, beside.path().join("old"))
            .with_context(|| format!("can't move {} away", dest.display()))?;
    }
    fs::rename(&new, dest)
        .with_context(|| format!("can't put the book into {}", dest.display()))
}

/// Fails if there are problems, with all of them.
fn report(mut problems: Vec<Problem>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    problems.sort();
    problems.dedup();
    for problem in &problems {
        eprintln!("{problem}");
    }
    bail!("the book is not built, for {} problem(s)", problems.len())
}
