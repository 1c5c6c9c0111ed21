//! `{{#terminals A B …}}`: transcripts side by side, each as a terminal.

use std::fmt::Write;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::html::{escape, escape_pre};
use recorder::recording::{Printed, Recording, example, label};
use stage::scenarios::{Action, SCENARIOS};

/// Shows the transcripts of these programs as terminals: side by side where there is room.
///
/// The text of each `<pre class="screen">` without its `<span class="err">` is the transcript, to the byte.
pub fn render(names: &[&str], root: &Path) -> Result<String> {
    let mut html = String::from("<div class=\"terminals\">\n");
    for name in names {
        let out = transcript(root, &format!("{name}.txt"))?;
        let err = transcript(root, &format!("{name}.err.txt"))?;
        if out.is_none() && err.is_none() {
            bail!("there is no transcript tests/transcripts/{name}.txt");
        }
        let (out, err) = (out.unwrap_or_default(), err.unwrap_or_default());
        html += &terminal(name, names, &in_order(name, out, err, root));
    }
    html += "</div>\n";
    Ok(html)
}

/// What a program printed on both streams, in the order in which the recording of its scenario has it. Standard error comes first
/// if there is no such recording, or one that says something else than the transcripts.
fn in_order(name: &str, out: String, err: String, root: &Path) -> Vec<Printed> {
    let starts = |action: &Action| match action {
        Action::Run(program) | Action::Serve(program) | Action::Connect(program, _) => {
            *program == name
        }
        _ => false,
    };
    let recorded = SCENARIOS
        .iter()
        .find(|scenario| scenario.play.iter().any(starts))
        .and_then(|scenario| Recording::read(scenario.name, root).ok())
        .map(|recording| recording.printed(name));
    let on = |pieces: &[Printed], on_stderr| {
        let pieces = pieces.iter().filter(|piece| piece.on_stderr == on_stderr);
        pieces.map(|piece| piece.text.as_str()).collect::<String>()
    };
    match recorded {
        Some(pieces) if on(&pieces, false) == out && on(&pieces, true) == err => pieces,
        _ => vec![
            Printed { on_stderr: true, text: err },
            Printed { on_stderr: false, text: out },
        ],
    }
}

/// One terminal among these: the program's name, its command, and what it printed.
pub fn terminal(name: &str, among: &[&str], printed: &[Printed]) -> String {
    let mut html = format!(
        "<figure class=\"terminal\"><figcaption>{}</figcaption>\n<pre class=\"command\">{}</pre>\n<pre class=\"screen\">",
        escape(&label(name, among)),
        escape(&command(name)),
    );
    for Printed { on_stderr, text } in printed {
        let _ = match on_stderr {
            true => write!(html, "<span class=\"err\">{}</span>", escape_pre(text)),
            false => write!(html, "{}", escape_pre(text)),
        };
    }
    html += "</pre></figure>\n";
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
