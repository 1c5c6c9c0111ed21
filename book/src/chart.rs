//! `{{#recording SCENARIO}}`: a recording as a sequence chart, with all that its player needs.
//!
//! Everything is on the page without JavaScript: the chart, its events as a list, the programs, what they printed. The
//! player (`theme/player.js`) only steps through it.

mod layout;
mod listing;
mod recording;
mod steps;
mod svg;
mod words;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::html::escape;
use crate::terminals;
use layout::Layout;
use recording::{Kind, Recording};
use steps::Step;

/// Draws a recording. `listed` are the programs that are listed on the page already: each is listed once.
pub fn render(
    scenario: &str,
    root: &Path,
    listed: &mut BTreeSet<String>,
) -> Result<String> {
    let path = format!("chapters/recordings/{scenario}.json");
    let text = fs::read_to_string(root.join(&path)).with_context(|| {
        format!("can't read {path} (`cargo book record {scenario}` makes it)")
    })?;
    let recording: Recording =
        serde_json::from_str(&text).with_context(|| format!("{path} is no recording"))?;
    ensure!(recording.schema == 1, "{path} is of another schema than 1");
    recording.check().with_context(|| path.clone())?;

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
            &program.id,
            &recording.names(),
            &recording.printed(&program.id, "stderr"),
            &recording.printed(&program.id, "stdout"),
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
    let mut states = serde_json::Map::new();
    let step = |(step, row): (&Step, &layout::Row)| {
        let mut it = match &step.event.kind {
            Kind::Call(call) => json!({
                "k": if step.returns { "r" } else { "c" }, "p": recording.program(&call.program),
                "h": call.thread.saturating_sub(1), "l": call.line, "w": step.waits,
            }),
            Kind::Print(print) => json!({
                "k": "p", "p": recording.program(&print.program), "h": print.thread.map_or(0, |it| it.saturating_sub(1)), "l": print.line,
                "x": print.text, "e": print.stream == "stderr",
            }),
            Kind::Type(typed) => json!({
                "k": "t", "p": recording.program(&typed.program), "x": typed.text,
            }),
            Kind::Segment(segment) => json!({
                "k": "s", "b": segment.is_bare_ack(),
                "f": [words::flags(segment), segment.seq, segment.acknowledges(), segment.len, segment.payload],
            }),
            Kind::State(state) => {
                states
                    .entry(state.to.clone())
                    .or_insert_with(|| words::state(&state.to).into());
                json!({ "k": "S", "s": recording.socket(&state.socket), "x": state.to })
            }
            Kind::End(end) => json!({ "k": "e", "p": recording.program(&end.program) }),
        };
        it["y"] = row.y.into();
        if let Some(fields) = it.as_object_mut() {
            fields.retain(|_, value| {
                ![json!(null), json!(false), json!(0)].contains(value)
            }); // as good as undefined
        }
        it
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
        "states": states,
        "steps": steps,
    })
}
