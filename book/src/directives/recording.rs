//! `{{#recording SCENARIO LAYER [to-scale]}}`: a recording as a sequence chart, with all that its player needs.
//!
//! Everything of its layer is on the page without JavaScript: the chart, its events as a list, the programs, what they
//! printed. The player (`theme/player.js`) only steps through it, and loads another layer where the reader asks for one.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::listing;
use super::stops::Stop;
use super::terminals;
use chart::html::escape;
use chart::{Layer, Shown, Step, id};
use recorder::recording::Recording;

/// Draws a recording, with what it asks on the way. `listed` are the programs that are listed on the page already: each is listed once.
pub fn render(
    scenario: &str,
    layer: &str,
    to_scale: bool,
    stops: &[&Stop],
    root: &Path,
    listed: &mut BTreeSet<String>,
) -> Result<String> {
    let layer = Layer::named(layer).with_context(|| {
        let names = Layer::ALL.map(Layer::name).join("`, `");
        format!("there is no layer `{layer}`, only `{names}`")
    })?;
    let recording = Recording::read(scenario, root)?;
    let recorded = &recording.recorded;
    let shown = Shown::new(&recording, layer, to_scale);

    let mut html = format!(
        "<section class=\"recording\" id=\"{}\" data-file=\"{}\" aria-label=\"Recording: {}\">\n<p class=\"rec-title\">{}{}</p>\n",
        id(&recording),
        escape(&file(scenario, to_scale)),
        escape(&recording.title),
        escape(&recording.title),
        match stops.len() {
            0 => String::new(),
            1 => " <small>It asks a question on the way.</small>".to_owned(),
            n => format!(" <small>It asks {n} questions on the way.</small>"),
        },
    );
    let _ = writeln!(
        html,
        "<div class=\"rec-cols\"><div class=\"rec-chart\" tabindex=\"0\" role=\"group\" aria-label=\"Sequence chart\">{}</div>",
        shown.chart,
    );
    html += "<div class=\"rec-side\">\n";
    for example in recording.examples() {
        html += &if listed.insert(example.to_owned()) {
            listing::render(example, root)?
        } else {
            listing::again(example)
        };
    }
    html += "</div>\n<div class=\"terminals\">\n";
    for program in &recording.programs {
        html += &terminals::terminal(
            &recording.name,
            &program.id,
            &recording.names(),
            &recording.printed(&program.id),
        );
    }
    html += "</div>\n</div>\n";
    let _ = writeln!(
        html,
        "<p class=\"rec-meta\">Recorded {} on Linux {}: <code>cargo book record {}</code></p>",
        escape(&recorded.date),
        escape(&recorded.kernel),
        escape(&recording.name),
    );
    html += &asked(&shown, &recording, stops)?;
    let _ = writeln!(html, "<details class=\"rec-events\">{}</details>", shown.events);
    let _ = writeln!(
        html,
        "<script type=\"application/json\">{}</script>\n</section>",
        shown.data.to_string().replace('<', "\\u003c"), // the only character that could end the element
    );
    Ok(html)
}

/// Writes each layer of a recording into the folder of the built book, as a script that the player loads where a reader asks
/// for it. (A page that is opened as a file may load scripts, but nothing else.)
pub fn write_layers(
    scenario: &str,
    to_scale: bool,
    root: &Path,
    book: &Path,
) -> Result<()> {
    let recording = Recording::read(scenario, root)?;
    let folder = book.join("recordings");
    fs::create_dir_all(&folder)?;
    for layer in Layer::ALL {
        let shown = Shown::new(&recording, layer, to_scale);
        let name = format!("{}.{}", file(scenario, to_scale), layer.name());
        let content =
            json!({ "chart": shown.chart, "events": shown.events, "data": shown.data });
        let script =
            format!("(window.recordings ??= {{}})[{}] = {content};\n", json!(name));
        fs::write(folder.join(format!("{name}.js")), script)?;
    }
    Ok(())
}

/// How the files of a recording's layers are called, before the layer's name.
fn file(scenario: &str, to_scale: bool) -> String {
    format!("{scenario}{}", if to_scale { ".to-scale" } else { "" })
}

/// The questions, each with the number of the step before which the player asks it.
fn asked(shown: &Shown, recording: &Recording, stops: &[&Stop]) -> Result<String> {
    let mut html = String::new();
    if stops.is_empty() {
        return Ok(html);
    }
    html += "<div class=\"rec-stops\">\n";
    for stop in stops {
        let (index, question) = stop.render(recording).with_context(|| stop.fence())?;
        let event = &recording.events[index];
        let answers = |step: &Step| std::ptr::eq(step.event, event) && !step.waits;
        let at = shown.steps.iter().position(answers).with_context(|| {
            let layer = shown.layer.name();
            format!("{}: the layer `{layer}` doesn't show it", stop.fence())
        })?;
        let _ = writeln!(
            html,
            "<div class=\"predict stop\" data-step=\"{}\"><p class=\"rec-when\">Before step {}:</p>\n{question}</div>",
            shown.steps[at].number,
            at + 1
        );
    }
    Ok(html + "</div>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_input_shows_as_such() {
        let html = render(
            "05_client_leaves",
            "states",
            false,
            &[],
            &crate::home(),
            &mut BTreeSet::new(),
        );
        let html = html.unwrap_or_else(|error| panic!("{error:#}"));
        assert!(html.contains("<li>Client ends its input (Ctrl-D).</li>"));
        assert!(html.contains(">Ctrl-D</text>"));
        assert!(!html.contains("types <tspan></tspan>"));
    }
}
