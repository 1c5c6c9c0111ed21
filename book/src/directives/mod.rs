//! The `{{#…}}` directives on the pages: what each shows in its place.
//!
//! mdBook's own (`include` and its kin) are replaced by mdBook, before ours, and checked by [`crate::check`].

mod changed;
mod cuts;
mod exercises;
mod listing;
mod predict;
pub mod recording;
mod stops;
mod terminals;
mod timetable;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::LazyLock;

use anyhow::{Result, bail};
use mdbook_markdown::pulldown_cmark::{Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use regex::{Captures, Regex};

use crate::check::{Page, Sources};
use crate::markdown::{Directive, OURS, code_ranges, find, link_in_book};
use crate::problem::{Problem, line_at};
use exercises::Exercise;
use stops::Stop;
use timetable::Lengths;

/// The preprocessor that replaces our directives, after mdBook's.
pub struct Workbook {
    /// Where the repository is.
    pub root: PathBuf,
    /// The pages as they are written, in which lines are counted.
    pub sources: Rc<Sources>,
    /// Where what goes wrong is noted: all of it, for the book is not built then.
    pub problems: Rc<RefCell<Vec<Problem>>>,
    /// Where recordings and comparisons of programs are noted. On the page each leaves a mark, which it replaces once mdBook is
    /// done: so the steps of recordings, and code that stands on the page already, are not in its search index.
    pub kept_back: Rc<RefCell<Vec<String>>>,
}

/// Puts what was kept back where its marks are in a page of the built book.
pub fn put_back(page: &str, kept_back: &[String]) -> String {
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"<!-- kept back (\d+) -->").expect("the pattern is well formed")
    });
    let marked = |found: &Captures| {
        let html = found[1].parse().ok().and_then(|index: usize| kept_back.get(index));
        html.cloned().unwrap_or_default()
    };
    MARK.replace_all(page, marked).into_owned()
}

/// What a class needs to know: its exercises, and how long they and the pages take.
struct Classroom {
    exercises: Vec<Exercise>,
    lengths: Lengths,
}

impl Preprocessor for Workbook {
    fn name(&self) -> &str {
        "workbook"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let exercises = exercises::all(&self.root)?;
        let lengths = timetable::lengths(&book, &exercises);
        let classroom = Classroom { exercises, lengths };
        book.for_each_chapter_mut(|chapter| {
            let name = chapter.source_path.as_ref().and_then(|path| path.to_str());
            let mut pages = self.sources.pages.iter();
            if let Some(page) = pages.find(|page| Some(page.name.as_str()) == name) {
                chapter.content = self.expand(&chapter.content, page, &classroom);
            }
        });
        Ok(book)
    }
}

impl Workbook {
    /// Replaces the directives in the text of a page, in which mdBook has already replaced its own.
    fn expand(&self, text: &str, page: &Page, classroom: &Classroom) -> String {
        let text = &without_anchor_marks(text);
        let mut in_source = find(&page.text);
        let mut listed = BTreeSet::new();
        let stops = stops::find(text);
        let ours =
            find(text).into_iter().filter(|it| !it.in_code && OURS.contains(&it.name));
        let expanded = ours.map(|directive| {
            let written = &text[directive.range.clone()];
            let line = in_source
                .iter()
                .position(|it| !it.in_code && &page.text[it.range.clone()] == written)
                .map(|index| line_at(&page.text, in_source.remove(index).range.start));
            let html = render(&directive, &self.root, classroom, &stops, &mut listed);
            let mut html = html.unwrap_or_else(|error| {
                let message = format!("{written}: {error:#}");
                let problem = Problem::new(page.file(), line, message);
                self.problems.borrow_mut().push(problem);
                String::new()
            });
            if ["recording", "changed", "cuts"].contains(&directive.name) {
                let mut kept_back = self.kept_back.borrow_mut();
                kept_back.push(std::mem::take(&mut html));
                html = format!("<!-- kept back {} -->", kept_back.len() - 1);
            }
            (directive.range, html)
        });
        let mut expanded: Vec<_> = expanded.chain(self.predictions(text, page)).collect();
        // The recording asks them.
        expanded.extend(stops.iter().map(|stop| (stop.range.clone(), String::new())));
        expanded.sort_by_key(|(range, _)| range.start);
        // Between empty lines, whatever is around it, Markdown takes it for a block of HTML.
        let blocks =
            expanded.into_iter().map(|(range, html)| (range, format!("\n{html}\n\n")));
        with_links_into_book(&replace(text, blocks))
    }

    /// The predictions in the text of a page, and how they are asked.
    fn predictions(&self, text: &str, page: &Page) -> Vec<(Range<usize>, String)> {
        let ask = |prediction: predict::Prediction| {
            let html = predict::render(&prediction).unwrap_or_else(|error| {
                let fence = format!("```predict {}", prediction.name);
                let line = page.text.find(&fence).map(|at| line_at(&page.text, at));
                let message = format!("the prediction {}: {error:#}", prediction.name);
                let problem = Problem::new(page.file(), line, message);
                self.problems.borrow_mut().push(problem);
                String::new()
            });
            (prediction.range, html)
        };
        predict::find(text).into_iter().map(ask).collect()
    }
}

/// Takes the marks of anchors (`// ANCHOR: name`) out of the code on a page: mdBook leaves them in what is included whole.
fn without_anchor_marks(text: &str) -> String {
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)^[ \t]*// ANCHOR(?:_END)?: *[\w-]+[ \t]*(?:\n|$)")
            .expect("the pattern is well formed")
    });
    let code = code_ranges(text);
    let is_code = |at| code.iter().any(|code| code.contains(&at));
    let marks = MARK.find_iter(text).filter(|mark| is_code(mark.start()));
    replace(text, marks.map(|mark| (mark.range(), String::new())))
}

/// Makes a page's links lead to where things are in the book.
fn with_links_into_book(text: &str) -> String {
    let parser = new_cmark_parser(text, &MarkdownOptions::default());
    let definitions = parser.reference_definitions().iter();
    let mut links: Vec<_> = definitions
        .map(|(_, definition)| (definition.dest.to_string(), definition.span.clone()))
        .collect();
    links.extend(parser.into_offset_iter().filter_map(|(event, range)| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some((dest_url.to_string(), range)),
        _ => None,
    }));
    let mut changes: Vec<_> = links
        .into_iter()
        .filter_map(|(to, range)| {
            let at = range.start + text[range].rfind(&to)?;
            match link_in_book(&to) {
                Cow::Owned(there) => Some((at..at + to.len(), there)),
                Cow::Borrowed(_) => None,
            }
        })
        .collect();
    changes.sort_by_key(|(range, _)| range.start);
    replace(text, changes)
}

/// Replaces these parts of a text, given in order.
fn replace(
    text: &str,
    parts: impl IntoIterator<Item = (Range<usize>, String)>,
) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in parts {
        replaced.push_str(&text[done..range.start]);
        replaced.push_str(&new);
        done = range.end;
    }
    replaced.push_str(&text[done..]);
    replaced
}

/// What a page shows in a directive's place. `listed` are the programs that recordings before it on the page have listed.
fn render(
    directive: &Directive,
    root: &Path,
    classroom: &Classroom,
    stops: &[Stop],
    listed: &mut BTreeSet<String>,
) -> Result<String> {
    match (directive.name, directive.arguments.as_slice()) {
        ("terminals", [scenario, programs @ ..]) => {
            terminals::render(scenario, programs, root)
        }
        ("recording", [scenario, layer, to_scale @ ..])
            if matches!(to_scale, [] | ["to-scale"]) =>
        {
            let ours = stops.iter().filter(|stop| stop.scenario == *scenario);
            let ours: Vec<&Stop> = ours.collect();
            recording::render(scenario, layer, !to_scale.is_empty(), &ours, root, listed)
        }
        ("recording", [_]) => {
            bail!("lacks its layer: `talk`, `calls`, `segments` or `states`")
        }
        ("changed", [old, new]) => changed::render(old, new, root),
        ("cuts", [scenario]) => cuts::render(scenario, root),
        ("exercises", [folder]) => exercises::render(folder, &classroom.exercises),
        ("minutes", [minutes]) => timetable::render_minutes(minutes),
        ("timetable", [limit, items @ ..]) => {
            timetable::render(limit, items, &classroom.lengths)
        }
        (_, arguments) => bail!("does not take {} arguments", arguments.len()),
    }
}
