//! The classroom's exercises: `{{#exercises FOLDER}}` lists those of a chapter.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use chart::html::escape;

/// An exercise, as the classroom's list and the top of its file have it.
pub struct Exercise {
    pub name: String,
    pub minutes: u32,
    /// The folder, which is named after the chapter's page.
    folder: String,
    /// Of which kind it is: `fix the bug`.
    kind: String,
    /// What is to be reached.
    reach: String,
}

/// rustlings' list of exercises, as far as we need it.
#[derive(Deserialize)]
struct List {
    exercises: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    dir: String,
}

/// All exercises in their order. None if there is no classroom.
pub fn all(root: &Path) -> Result<Vec<Exercise>> {
    let classroom = root.join("classroom");
    let list = classroom.join("info.toml");
    if !list.exists() {
        return Ok(Vec::new());
    }
    let list: List = toml::from_str(&fs::read_to_string(&list)?)
        .context("can't read classroom/info.toml")?;
    let read = |Entry { name, dir }| {
        let file = format!("classroom/exercises/{dir}/{name}.rs");
        let text = fs::read_to_string(root.join(&file))
            .with_context(|| format!("can't read {file}"))?;
        top(&text, name, dir).with_context(|| {
            format!("{file} does not begin with `//! N minutes · chapter N · KIND` and `//! Reach: …`")
        })
    };
    list.exercises.into_iter().map(read).collect()
}

/// Reads the top of an exercise's file.
fn top(text: &str, name: String, folder: String) -> Option<Exercise> {
    let mut lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let mut first = lines.next()?.split(" · ");
    let minutes = first.next()?.trim().strip_suffix(" minutes")?.parse().ok()?;
    let kind = first.nth(1)?.to_owned();
    let mut reach = String::new();
    for line in lines.map(str::trim).skip_while(|line| !line.starts_with("Reach: ")) {
        if line.starts_with("Why: ") || line.is_empty() {
            break;
        }
        reach = format!("{reach} {line}");
    }
    let reach = reach.trim().strip_prefix("Reach: ")?.to_owned();
    Some(Exercise { name, minutes, folder, kind, reach })
}

/// The exercises of a chapter, as a list.
pub fn render(folder: &str, all: &[Exercise]) -> Result<String> {
    let ours: Vec<_> = all.iter().filter(|exercise| exercise.folder == folder).collect();
    ensure!(!ours.is_empty(), "there is no exercise in classroom/exercises/{folder}");
    let minutes: u32 = ours.iter().map(|exercise| exercise.minutes).sum();
    let mut html =
        format!("<p>They take {minutes} minutes in all.</p>\n<ul class=\"exercises\">\n");
    for Exercise { name, minutes, kind, reach, .. } in ours {
        let _ = writeln!(
            html,
            "<li><code>{}</code> ({minutes} minutes, {}): {}</li>",
            escape(name),
            escape(kind),
            with_code(reach)
        );
    }
    Ok(html + "</ul>")
}

/// HTML of a text with code between backticks.
fn with_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let html = parts.map(|(index, part)| match index % 2 {
        0 => escape(part).into_owned(),
        _ => format!("<code>{}</code>", escape(part)),
    });
    html.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_an_exercise_is_read() {
        let text = "//! 10 minutes · chapter 3 · fix the bug\n//!\n//! Reach: a server that says `hello`\n\
                    //! twice.\n//! Why: it is polite.\n\nfn main() {}\n";
        let read = |text: &str| top(text, "polite".into(), "03_x".into());
        let exercise = read(text).expect("it is well formed");
        let html = render("03_x", &[exercise]).expect("the folder has an exercise");
        assert!(
            html.contains(
                "<li><code>polite</code> (10 minutes, fix the bug): \
                 a server that says <code>hello</code> twice.</li>"
            ),
            "{html}"
        );
        assert!(read(&text.replace("10 minutes", "long")).is_none());
        assert!(read(&text.replace("Reach", "Do")).is_none());
        assert!(render("04_y", &[]).is_err());
    }
}
