//! The `{{#…}}` directives on the pages: finding them, and replacing ours.
//!
//! mdBook's own (`include` and its kin) are replaced by mdBook, before ours, and checked by [`crate::check`].

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};
use mdbook_markdown::pulldown_cmark::{Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use regex::Regex;

use crate::check::{Problem, line_at};
use crate::{changed, chart, predict, terminals};

/// What mdBook replaces.
pub const OF_MDBOOK: &[&str] = &["include", "rustdoc_include", "playground", "title"];

/// What is replaced here.
pub const OURS: &[&str] = &["terminals", "recording", "changed", "predict", "minutes"];

/// A directive as it stands in a text: `{{#NAME ARGUMENTS}}`.
pub struct Directive<'a> {
    pub name: &'a str,
    pub arguments: Vec<&'a str>,
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Whether it has its closing braces.
    pub complete: bool,
    /// Whether it stands in a code block or between backticks.
    pub in_code: bool,
}

/// Finds the directives in a Markdown text, without those that a backslash escapes (`\{{#…}}`).
pub fn find(text: &str) -> Vec<Directive<'_>> {
    static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| {
        // The first part is what mdBook takes for escaped: up to the last braces on the line.
        Regex::new(r"\\\{\{#.*\}\}|\{\{[ \t]*#([a-zA-Z0-9_]*)([^}\n]*)(\}\})?")
            .expect("the pattern is well formed")
    });
    let code = code_ranges(text);
    DIRECTIVE
        .captures_iter(text)
        .filter_map(|found| {
            let (range, name) = (found.get(0)?.range(), found.get(1)?.as_str());
            Some(Directive {
                name,
                arguments: found.get(2)?.as_str().split_whitespace().collect(),
                in_code: code.iter().any(|code| code.contains(&range.start)),
                complete: found.get(3).is_some(),
                range,
            })
        })
        .collect()
}

/// Where the text is code.
fn code_ranges(text: &str) -> Vec<Range<usize>> {
    new_cmark_parser(text, &MarkdownOptions::default())
        .into_offset_iter()
        .filter(|(event, _)| {
            matches!(event, Event::Start(Tag::CodeBlock(_)) | Event::Code(_))
        })
        .map(|(_, range)| range)
        .collect()
}

/// The preprocessor that replaces our directives, after mdBook's.
pub struct Workbook {
    /// Where the repository is.
    pub root: std::path::PathBuf,
    /// Where what goes wrong is noted: all of it, for the book is not built then.
    pub problems: Rc<RefCell<Vec<Problem>>>,
}

impl Preprocessor for Workbook {
    fn name(&self) -> &str {
        "workbook"
    }

    fn run(&self, ctx: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let chapters = ctx.root.join(&ctx.config.book.src);
        let mut failed = None;
        book.for_each_chapter_mut(|chapter| {
            let Some(page) = &chapter.source_path else {
                return;
            };
            match std::fs::read_to_string(chapters.join(page)) {
                Ok(source) => {
                    let page = format!("chapters/{}", page.display());
                    chapter.content = self.expand(&chapter.content, &source, &page);
                }
                Err(error) => failed = Some((page.clone(), error)),
            }
        });
        if let Some((page, error)) = failed {
            return Err(error).with_context(|| format!("can't read {}", page.display()));
        }
        Ok(book)
    }
}

impl Workbook {
    /// Replaces the directives in a page's text. Lines are counted in its source, which has not yet been expanded.
    fn expand(&self, text: &str, source: &str, page: &str) -> String {
        let mut in_source = find(source);
        let mut expanded = String::with_capacity(text.len());
        let mut done = 0;
        for directive in find(text) {
            if directive.in_code || !OURS.contains(&directive.name) {
                continue;
            }
            let written = &text[directive.range.clone()];
            let line = in_source
                .iter()
                .position(|it| !it.in_code && &source[it.range.clone()] == written)
                .map(|index| line_at(source, in_source.remove(index).range.start));
            expanded.push_str(&text[done..directive.range.start]);
            match render(&directive, &self.root) {
                Ok(html) => expanded.push_str(&html),
                Err(error) => self.problems.borrow_mut().push(Problem {
                    file: page.to_owned(),
                    line,
                    message: format!("{written}: {error:#}"),
                }),
            }
            done = directive.range.end;
        }
        expanded.push_str(&text[done..]);
        expanded
    }
}

/// What a page shows in a directive's place.
fn render(directive: &Directive, root: &Path) -> Result<String> {
    match (directive.name, directive.arguments.as_slice()) {
        ("terminals", names @ [_, ..]) => terminals::render(names, root),
        ("recording", [scenario]) => chart::render(scenario, root),
        ("changed", [old, new]) => changed::render(old, new, root),
        ("predict", [name]) => predict::render(name, root),
        ("minutes", [minutes]) => render_minutes(minutes),
        (_, arguments) => bail!("does not take {} arguments", arguments.len()),
    }
}

/// `{{#minutes N}}`: how long the page takes.
fn render_minutes(minutes: &str) -> Result<String> {
    let minutes: u32 = minutes
        .parse()
        .with_context(|| format!("`{minutes}` is no number of minutes"))?;
    Ok(format!("<p class=\"minutes\">About {minutes} minutes</p>"))
}
