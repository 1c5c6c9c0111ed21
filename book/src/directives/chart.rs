//! `{{#recording SCENARIO}}`: a recording as a sequence chart, with all that its player needs.
//!
//! Everything is on the page without JavaScript: the chart, its events as a list, the programs, what they printed. The
//! player (`theme/player.js`) only steps through it.

mod layout;
mod listing;
mod steps;
mod svg;
mod words;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::terminals;
use crate::html::escape;
use layout::Layout;
use recorder::recording::{Kind, Recording};
use steps::Step;

/// Draws a recording. `listed` are the programs that are listed on the page already: each is listed once.
pub fn render(
    scenario: &str,
    root: &Path,
    listed: &mut BTreeSet<String>,
) -> Result<String> {
    let recording = Recording::read(scenario, root)?;
    let steps = steps::of(&recording);
    let layout = Layout::new(&recording, &steps);
    let id = format!("rec-{scenario}");
    let recorded = &recording.recorded;

    let mut html = format!(
        "<section class=\"recording\" id=\"{id}\" aria-label=\"Recording: {}\">\n<p class=\"rec-title\">{}</p>\n",
        escape(&recording.title),
        escape(&recording.title),
    );
    let _ = writeln!(
        html,
        "<div class=\"rec-cols\"><div class=\"rec-chart\" tabindex=\"0\" role=\"group\" aria-label=\"Sequence chart\">{}</div>",
        svg::draw(&id, &recording, &steps, &layout),
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
    let _ = writeln!(
        html,
        "<details class=\"rec-events\"><summary>The {} steps in words</summary>\n<ol>",
        steps.len()
    );
    for step in &steps {
        let sentence = words::sentence(&recording, step);
        let _ = writeln!(html, "<li>{}</li>", escape(&sentence));
    }
    html += "</ol></details>\n";
    let data = data(&recording, &steps, &layout).to_string();
    let _ = writeln!(
        html,
        "<script type=\"application/json\">{}</script>\n</section>",
        data.replace('<', "\\u003c"), // the only character that could end the element
    );
    Ok(html)
}

/// What the player needs to know of a recording. Programs, examples and sockets are named by their index.
fn data(recording: &Recording, steps: &[Step], layout: &Layout) -> serde_json::Value {
    let examples = recording.examples();
    // A step is a list, to be short: its kind, its place in the chart, and what the player calls by these letters.
    let step = |(step, row): (&Step, &layout::Row)| match &step.event.kind {
        Kind::Call(call) => {
            let kind = if step.returns { "r" } else { "c" };
            let program = recording.program(&call.program);
            json!([kind, row.y, program, call.thread, call.line, u8::from(step.waits)]) // p h l w
        }
        Kind::Print(print) => {
            let program = recording.program(&print.program);
            let on_stderr = u8::from(print.stream == "stderr");
            json!(["p", row.y, program, print.thread, print.line, print.text, on_stderr]) // p h l x e
        }
        Kind::Type(typed) => {
            json!(["t", row.y, recording.program(&typed.program), typed.text]) // p x
        }
        Kind::Segment(segment) => {
            let bare = u8::from(segment.is_bare_ack());
            let flags = words::flags(segment);
            let fields = json!([
                flags,
                segment.seq,
                segment.acknowledges(),
                segment.len,
                segment.payload
            ]);
            json!(["s", row.y, bare, fields]) // b f
        }
        Kind::State(state) => {
            json!(["S", row.y, recording.socket(&state.socket), state.to]) // s x
        }
        Kind::End(end) => json!(["e", row.y, recording.program(&end.program)]), // p
    };
    let steps: Vec<_> = steps.iter().zip(&layout.rows).map(step).collect();
    let programs = recording.programs.iter().map(|program| {
        let example = examples.iter().position(|it| *it == program.example);
        json!({ "n": program.id, "e": example })
    });
    let sockets = recording.sockets.iter().map(|socket| {
        json!({ "n": words::socket(recording, &socket.id), "p": recording.program(&socket.program) })
    });
    json!({
        "height": layout.height,
        "programs": programs.collect::<Vec<_>>(),
        "sockets": sockets.collect::<Vec<_>>(),
        "steps": steps,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_input_shows_as_such() {
        let html = render("05_client_leaves", &crate::home(), &mut BTreeSet::new());
        let html = html.unwrap_or_else(|error| panic!("{error:#}"));
        assert!(html.contains("<li>Client ends its input (Ctrl-D).</li>"));
        assert!(html.contains(">Ctrl-D</text>"));
        assert!(!html.contains("types <tspan></tspan>"));
    }
}
