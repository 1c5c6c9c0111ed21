//! How long the pages take: `{{#minutes N}}` on each, `{{#timetable LIMIT …}}` for a teacher.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result, bail, ensure};
use mdbook_preprocessor::book::Book;

use crate::directives;
use crate::html::escape;

/// The lengths of the pages that tell theirs, by their files' names without the `.md`.
pub type Lengths = BTreeMap<String, Length>;

/// How long a page takes.
pub struct Length {
    title: String,
    minutes: u32,
}

/// Reads the lengths of a book's pages, before their directives are replaced.
pub fn lengths(book: &Book) -> Lengths {
    let mut lengths = BTreeMap::new();
    for chapter in book.chapters() {
        let Some(page) = chapter.source_path.as_ref().and_then(|path| path.to_str())
        else {
            continue;
        };
        let minutes = directives::find(&chapter.content)
            .into_iter()
            .filter(|it| it.name == "minutes" && !it.in_code)
            .find_map(|it| it.arguments.first()?.parse().ok());
        if let Some(minutes) = minutes {
            let title = chapter.name.clone();
            let page = page.trim_end_matches(".md").to_owned();
            lengths.insert(page, Length { title, minutes });
        }
    }
    lengths
}

/// `{{#minutes N}}`: how long the page takes.
pub fn render_minutes(minutes: &str) -> Result<String> {
    let Ok(minutes) = minutes.parse::<u32>() else {
        bail!("`{minutes}` is no number of minutes");
    };
    Ok(format!("<p class=\"minutes\">About {minutes} minutes</p>"))
}

/// `{{#timetable LIMIT ITEM …}}`: when each item begins. An item is a page (`03_a_server_for_one`), which takes the minutes
/// that it tells, or something else with its minutes (`break:10`, `the_first_exercise:15`).
///
/// Fails if all of it takes longer than the limit, in minutes.
pub fn render(limit: &str, items: &[&str], lengths: &Lengths) -> Result<String> {
    let limit: u32 = limit
        .parse()
        .ok()
        .with_context(|| format!("`{limit}` is no number of minutes"))?;
    let mut html = String::from(
        "<table class=\"timetable\">\n\
         <thead><tr><th>Starts at</th><th>What</th><th>Minutes</th></tr></thead>\n<tbody>\n",
    );
    let mut now = 0;
    for item in items {
        let (what, minutes) = match lengths.get(*item) {
            Some(Length { title, minutes }) => (
                format!("<a href=\"{item}.html\">{}</a>", escape(title)),
                *minutes,
            ),
            None => {
                let (what, minutes) = item
                    .split_once(':')
                    .and_then(|(what, minutes)| Some((what, minutes.parse().ok()?)))
                    .with_context(|| {
                        format!("`{item}` is neither a page with its `{{{{#minutes …}}}}` nor `WHAT:MINUTES`")
                    })?;
                (escape(&what.replace('_', " ")).into_owned(), minutes)
            }
        };
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{what}</td><td>{minutes}</td></tr>",
            clock(now)
        );
        now += minutes;
    }
    ensure!(
        now <= limit,
        "takes {now} minutes, which is {} more than {limit}",
        now - limit
    );
    let _ = write!(
        html,
        "<tr><td>{}</td><td>the end</td><td>{now} of {limit}</td></tr>\n</tbody>\n</table>",
        clock(now)
    );
    Ok(html)
}

/// Minutes, as hours and minutes.
fn clock(minutes: u32) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}
