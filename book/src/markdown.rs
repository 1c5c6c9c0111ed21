//! The `{{#…}}` directives in a text of Markdown, and its links to programs.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use mdbook_markdown::pulldown_cmark::{Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use regex::Regex;

/// What mdBook replaces.
pub const OF_MDBOOK: &[&str] = &["include", "rustdoc_include", "playground", "title"];

/// What is replaced here.
pub const OURS: &[&str] =
    &["terminals", "recording", "changed", "cuts", "exercises", "minutes", "timetable"];

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
    /// Whether its line has nothing else.
    pub alone: bool,
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
                alone: is_alone(text, &range),
                range,
            })
        })
        .collect()
}

fn is_alone(text: &str, range: &Range<usize>) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    (before.is_empty() || before.ends_with('\n'))
        && after.lines().next().unwrap_or_default().trim().is_empty()
}

/// Where the text is code.
pub fn code_ranges(text: &str) -> Vec<Range<usize>> {
    new_cmark_parser(text, &MarkdownOptions::default())
        .into_offset_iter()
        .filter(|(event, _)| {
            matches!(event, Event::Start(Tag::CodeBlock(_)) | Event::Code(_))
        })
        .map(|(_, range)| range)
        .collect()
}

/// Where a page's link leads in the built book, if not where it says: beside the pages, which are not in a folder
/// `chapters` any more, are copies of the programs, and a folder's `README.md` is its `index`.
pub fn link_in_book(link: &str) -> Cow<'_, str> {
    if let Some((before, after)) = link.split_once("README.md")
        && (before.is_empty() || before.ends_with('/'))
        && !before.contains(':')
    {
        return Cow::Owned(format!("{before}index.md{after}"));
    }
    let above = link.find("examples/").unwrap_or(0);
    match link.strip_prefix("../") {
        Some(rest) if above > 0 && link[..above].replace("../", "").is_empty() => {
            Cow::Owned(rest.to_owned())
        }
        _ => Cow::Borrowed(link),
    }
}
