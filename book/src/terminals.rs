//! `{{#terminals A B …}}`: transcripts side by side, each as a terminal.

use std::fmt::Write;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::html::{escape, escape_pre};
use crate::scenarios::{Action, SCENARIOS};

/// Shows the transcripts of these programs as terminals: side by side where there is room.
///
/// The text of each `<pre class="out">` is the transcript, to the byte.
pub fn render(names: &[&str], root: &Path) -> Result<String> {
    let mut html = String::from("<div class=\"terminals\">\n");
    for name in names {
        let out = transcript(root, &format!("{name}.txt"))?;
        let err = transcript(root, &format!("{name}.err.txt"))?;
        if out.is_none() && err.is_none() {
            bail!("there is no transcript tests/transcripts/{name}.txt");
        }
        html +=
            &terminal(name, names, &err.unwrap_or_default(), &out.unwrap_or_default());
    }
    html += "</div>\n";
    Ok(html)
}

/// One terminal among these: the program's name, its command, what it said on standard error, and its transcript.
pub fn terminal(name: &str, among: &[&str], err: &str, out: &str) -> String {
    let mut html = format!(
        "<figure class=\"terminal\"><figcaption>{}</figcaption>\n<pre class=\"command\">{}</pre>\n",
        escape(&label(name, among)),
        escape(&command(name)),
    );
    if !err.is_empty() {
        let _ = writeln!(html, "<pre class=\"err\">{}</pre>", escape_pre(err));
    }
    let _ = writeln!(html, "<pre class=\"out\">{}</pre></figure>", escape_pre(out));
    html
}

/// What the reader runs to see this.
fn command(name: &str) -> String {
    let example = example(name);
    let arguments = SCENARIOS.iter().flat_map(|scenario| scenario.play);
    let arguments = arguments.filter_map(|action| match action {
        Action::Connect(client, arguments) if *client == name => Some(*arguments),
        _ => None,
    });
    match arguments.flatten().copied().collect::<Vec<_>>() {
        none if none.is_empty() => format!("cargo run --example {example}"),
        some => {
            format!("cargo run --example {example} 127.0.0.1:6000 {}", some.join(" "))
        }
    }
}

/// The example that a program is run from: the program's name, without a scenario's suffix.
pub fn example(name: &str) -> &str {
    name.split_once('-').map_or(name, |(example, _)| example)
}

/// What a program is called among these: by its example, and its suffix where that alone would not tell them apart.
pub fn label(name: &str, among: &[&str]) -> String {
    let example = example(name);
    let same = among.iter().filter(|other| self::example(other) == example);
    match name.split_once('-') {
        Some((_, suffix)) if same.count() > 1 => format!("{example} ({suffix})"),
        _ => example.to_owned(),
    }
}

/// A file of tests/transcripts/, if there is one of this name.
fn transcript(root: &Path, file: &str) -> Result<Option<String>> {
    match fs::read_to_string(root.join("tests/transcripts").join(file)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(error).with_context(|| format!("can't read tests/transcripts/{file}"))
        }
    }
}
