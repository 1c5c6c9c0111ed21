//! How long the pages take: `{{#minutes N}}` on each, `{{#timetable LIMIT …}}` for a teacher.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result, bail, ensure};
use mdbook_preprocessor::book::Book;

use super::exercises::Exercise;
use crate::markdown;
use chart::html::escape;

/// The lengths of the pages and exercises that tell theirs, by their files' names without the ending.
pub type Lengths = BTreeMap<String, Length>;

/// How long a page or an exercise takes.
pub struct Length {
    /// What a timetable calls it, as HTML.
    title: String,
    minutes: u32,
}

/// Reads the lengths of a book's pages, before their directives are replaced, and adds those of the classroom's exercises.
pub fn lengths(book: &Book, exercises: &[Exercise]) -> Lengths {
    let of_exercise = |Exercise { name, minutes, .. }: &Exercise| {
        let title = format!("exercise <code>{}</code>", escape(name));
        let minutes = *minutes;
        (name.clone(), Length { title, minutes })
    };
    let mut lengths: Lengths = exercises.iter().map(of_exercise).collect();
    for chapter in book.chapters() {
        let Some(page) = chapter.source_path.as_ref().and_then(|path| path.to_str())
        else {
            continue;
        };
        let minutes = markdown::find(&chapter.content)
            .into_iter()
            .filter(|it| it.name == "minutes" && !it.in_code)
            .find_map(|it| it.arguments.first()?.parse().ok());
        if let Some(minutes) = minutes {
            let page = page.trim_end_matches(".md");
            let html = page.replace("README", "index") + ".html";
            let title = format!("<a href=\"{html}\">{}</a>", escape(&chapter.name));
            let page = page.trim_end_matches("/README").to_owned();
            lengths.insert(page, Length { title, minutes });
        }
    }
    lengths
}

/// `{{#minutes N}}`: how long the page takes.
pub fn render_minutes(minutes: &str) -> Result<String> {
    let Ok(minutes) = minutes.parse::<u32>() else {
        bail!("`{minutes}` isn't a number of minutes");
    };
    Ok(format!("<p class=\"minutes\">About {minutes} minutes</p>"))
}

/// `{{#timetable LIMIT ITEM …}}`: when each item begins. An item is a page (`03_a_server_for_one`) or an exercise
/// (`one_client`), which takes the minutes that it tells, or something else with its minutes (`break:10`).
///
/// Fails if all of it takes longer than the limit, in minutes.
pub fn render(limit: &str, items: &[&str], lengths: &Lengths) -> Result<String> {
    let limit: u32 = limit
        .parse()
        .ok()
        .with_context(|| format!("`{limit}` isn't a number of minutes"))?;
    let mut html = String::from(
        "<table class=\"timetable\">\n\
         <thead><tr><th>Starts at</th><th>What</th><th>Minutes</th></tr></thead>\n<tbody>\n",
    );
    let mut now = 0;
    for item in items {
        let (what, minutes) = match lengths.get(*item) {
            Some(Length { title, minutes }) => (title.clone(), *minutes),
            None => {
                let (what, minutes) = item
                    .split_once(':')
                    .and_then(|(what, minutes)| Some((what, minutes.parse().ok()?)))
                    .with_context(|| {
                        format!("`{item}` is neither a page with its `{{{{#minutes …}}}}`, nor an exercise, nor `WHAT:MINUTES`")
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
