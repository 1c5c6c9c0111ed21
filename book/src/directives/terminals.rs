//! `{{#terminals SCENARIO [PROGRAM…]}}`: transcripts side by side, each as a terminal.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use chart::html::{escape, escape_pre};
use recorder::recording::{Printed, Recording, example, label};
use stage::scenarios::{Action, SCENARIOS};

/// Shows the transcripts of a scenario's programs, all or those named, as terminals: side by side where there is room.
///
/// The text of each `<pre class="screen">` without its `<span class="err">` is the transcript, to the byte.
pub fn render(scenario: &str, named: &[&str], root: &Path) -> Result<String> {
    let names: Vec<String> = match named {
        [] => programs(scenario, root),
        named => named.iter().map(|name| (*name).to_owned()).collect(),
    };
    if names.is_empty() {
        bail!("there is no transcript in tests/transcripts/{scenario}/");
    }
    let among: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut html = String::from("<div class=\"terminals\">\n");
    for name in &names {
        let file = format!("{scenario}/{name}");
        let out = transcript(root, &format!("{file}.out.txt"))?;
        let err = transcript(root, &format!("{file}.err.txt"))?;
        if out.is_none() && err.is_none() {
            bail!("there is no transcript tests/transcripts/{file}.out.txt");
        }
        let (out, err) = (out.unwrap_or_default(), err.unwrap_or_default());
        let printed = in_order(scenario, name, out, err, root);
        html += &terminal(scenario, name, &among, &printed);
    }
    html += "</div>\n";
    Ok(html)
}

/// The programs of a scenario, in the order in which they are started; of one that is not played on the stage, those that have
/// transcripts.
fn programs(scenario: &str, root: &Path) -> Vec<String> {
    if let Some(scenario) = SCENARIOS.iter().find(|known| known.name == scenario) {
        return scenario.programs().map(str::to_owned).collect();
    }
    let files = fs::read_dir(root.join("tests/transcripts").join(scenario));
    let files = files.into_iter().flatten().flatten();
    let names = files.filter_map(|file| {
        let name = file.file_name().into_string().ok()?;
        let program = name.strip_suffix(".out.txt").or(name.strip_suffix(".err.txt"))?;
        Some(program.to_owned())
    });
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

/// What a program printed on both streams, in the order in which the recording of its scenario has it. Standard error comes first
/// if there is no such recording, or one that says something else than the transcripts.
fn in_order(
    scenario: &str,
    name: &str,
    out: String,
    err: String,
    root: &Path,
) -> Vec<Printed> {
    let recorded = Recording::read(scenario, root).ok();
    let recorded = recorded.map(|recording| recording.printed(name));
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
pub fn terminal(
    scenario: &str,
    name: &str,
    among: &[&str],
    printed: &[Printed],
) -> String {
    let mut html = format!(
        "<figure class=\"terminal\"><figcaption>{}</figcaption>\n<pre class=\"command\">{}</pre>\n<pre class=\"screen\">",
        escape(&label(name, among)),
        escape(&command(scenario, name)),
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
fn command(scenario: &str, name: &str) -> String {
    let example = example(name);
    let scenario = SCENARIOS.iter().filter(|known| known.name == scenario);
    let arguments = scenario.flat_map(|scenario| scenario.play);
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
