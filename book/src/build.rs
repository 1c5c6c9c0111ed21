//! `cargo book build`: builds the book beside the last good one, checks it, and only then puts it in its place.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use mdbook_summary::parse_summary;

use crate::check::files::files;
use crate::check::{self, Sources};
use crate::directives::{Workbook, put_back, recording};
use crate::problem::Problem;
use crate::{outside, search, tell_each, warnings};
use recorder::scratch::Scratch;

/// A book that can't be built as it is.
#[derive(Debug)]
pub struct Refused {
    /// All that is wrong with it, sorted by file and line.
    pub problems: Vec<Problem>,
}

impl std::error::Error for Refused {}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.problems.len() {
            1 => write!(f, "the book has a problem, so it was not built"),
            n => write!(f, "the book has {n} problems, so it was not built"),
        }
    }
}

/// How to build it.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// The path of the WebSocket that tells the pages to reload, if they are going to be served.
    pub live_reload: Option<&'a str>,
    /// Whether to put up with problems, for an author who is not done: they are told, and the book is built all the same.
    pub draft: bool,
}

/// The folders that mdBook copies or reads whole, or that we do.
pub const FOLDERS: [&str; 4] =
    ["chapters", "examples", "tests/transcripts", "book/theme"];

/// Builds the book into `dest`, which keeps what it has if anything is wrong with the new one ([`Refused`]).
pub fn run(root: &Path, dest: &Path, options: Options) -> Result<()> {
    let dest = std::path::absolute(dest)?;
    refuse_if_any(outside::links(root, FOLDERS)?)?;
    let mut sources = Sources::read(root)?;
    refuse_if_any(outside::links(root, sources.shown.iter().map(String::as_str))?)?;
    let mut problems = std::mem::take(&mut sources.problems);
    let sources = Rc::new(sources);
    let parent = dest.parent().context("the book needs a folder of its own")?;
    let beside = Scratch::new_in(parent)?;
    let new = beside.path().join("new");
    problems.extend(render(root, &new, options, &sources)?);
    copy_examples(root, &new)?;
    if problems.is_empty() {
        write_recordings(root, &new, &sources)?;
    }
    problems.extend(check::check_links(&new, &sources)?);
    if options.draft {
        tell_each(&sorted(problems));
    } else {
        refuse_if_any(problems)?;
    }
    if dest.exists() {
        fs::rename(&dest, beside.path().join("old"))
            .with_context(|| format!("can't move {} away", dest.display()))?;
    }
    fs::rename(&new, &dest)
        .with_context(|| format!("can't put the book into {}", dest.display()))
}

fn refuse_if_any(problems: Vec<Problem>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let problems = sorted(problems);
    Err(Refused { problems }.into())
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    problems
}

/// What is in a new book's way is replaced whole, so in a folder of a person's it has to be a book.
pub fn check_that_it_may_go(dest: &Path) -> Result<()> {
    let is_empty =
        |dir: &Path| Ok::<_, std::io::Error>(fs::read_dir(dir)?.next().is_none());
    let is_book =
        |dir: &Path| dir.join("toc.html").is_file() && dir.join(".nojekyll").is_file();
    if !dest.exists()
        || is_book(dest)
        || is_empty(dest)
            .with_context(|| format!("can't look into {}", dest.display()))?
    {
        return Ok(());
    }
    bail!("{} holds something else than a book: name a new folder", dest.display())
}

/// Lets mdBook build the book into the folder `new`. Returns what is wrong.
fn render(
    root: &Path,
    new: &Path,
    options: Options,
    sources: &Rc<Sources>,
) -> Result<Vec<Problem>> {
    let problems = Rc::new(RefCell::new(Vec::new()));
    let kept_back = Rc::new(RefCell::new(Vec::new()));
    let warnings = warnings::during(|| -> Result<()> {
        let folder = root.join("book");
        let mut config = Config::from_disk(folder.join("book.toml"))?;
        config.build.build_dir = new.to_owned();
        if let Some(endpoint) = options.live_reload {
            config.set("output.html.live-reload-endpoint", endpoint)?;
        }
        let summary = parse_summary(&sources.summary)
            .context("chapters/SUMMARY.md isn't a list of pages")?;
        let mut book = MDBook::load_with_config_and_summary(folder, config, summary)?;
        book.with_preprocessor(Workbook {
            root: root.to_owned(),
            sources: Rc::clone(sources),
            problems: Rc::clone(&problems),
            kept_back: Rc::clone(&kept_back),
        });
        book.build()
    });
    let (result, warnings) = warnings;
    result.context("mdBook can't build the book")?;
    for page in files(new, "", "html")? {
        let page = new.join(page);
        let text = fs::read_to_string(&page)?;
        fs::write(&page, put_back(&text, &kept_back.borrow()))?;
    }
    search::keep_texts_alone(new)?;
    let mut problems = problems.take();
    for warning in &warnings {
        let mut pages = sources.pages.iter();
        let page = pages.find(|page| warning.contains(&format!("`{}`", page.name)));
        let file = page.map_or("book".to_owned(), |page| page.file());
        problems.push(Problem::new(file, None, warning));
    }
    Ok(problems)
}

/// Puts all layers of the recordings that pages show into the book.
fn write_recordings(root: &Path, new: &Path, sources: &Sources) -> Result<()> {
    for (scenario, to_scale) in &sources.recordings {
        recording::write_layers(scenario, *to_scale, root, new)?;
    }
    Ok(())
}

/// Puts the programs into the book, so that pages can link to them.
fn copy_examples(root: &Path, new: &Path) -> Result<()> {
    let examples = root.join("examples");
    if !examples.is_dir() {
        return Ok(());
    }
    let copies = new.join("examples");
    fs::create_dir_all(&copies)?;
    for entry in fs::read_dir(&examples).context("can't read examples/")? {
        let path = entry?.path();
        if let (Some(name), Some("rs")) =
            (path.file_name(), path.extension().and_then(|it| it.to_str()))
        {
            fs::copy(&path, copies.join(name))
                .with_context(|| format!("can't copy {}", path.display()))?;
        }
    }
    Ok(())
}
