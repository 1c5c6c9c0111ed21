//! A recording as a sequence chart, with all that its player needs (`theme/player.js`): the drawing, its steps in words, and
//! the data by which the player steps through them. [`Layer`] says how much of it is shown.

pub mod html;
mod layer;
mod layout;
mod steps;
mod svg;
mod terms;
mod words;

use std::fmt::Write;

use serde_json::{Value, json};

use layout::Layout;
use recorder::recording::{Kind, Recording};
use terms::Terms;

pub use layer::Layer;
pub use steps::Step;

/// The id of the element that a recording is shown in.
pub fn id(recording: &Recording) -> String {
    format!("rec-{}", recording.name)
}

/// What a layer of a recording shows.
pub struct Shown<'a> {
    pub layer: Layer,
    pub steps: Vec<Step<'a>>,
    /// The drawing.
    pub chart: String,
    /// The steps in words, within the element that folds them away.
    pub events: String,
    /// What the player needs to know.
    pub data: Value,
}

impl Shown<'_> {
    /// Draws a layer of a recording; distances are true to time if it is `to_scale`.
    pub fn new(recording: &Recording, layer: Layer, to_scale: bool) -> Shown<'_> {
        let steps = steps::of(recording, layer);
        let layout = Layout::new(recording, &steps, to_scale);
        let mut terms = Terms::new(&id(recording));
        let mut events =
            format!("<summary>The {} steps in words</summary>\n<ol>\n", steps.len());
        for step in &steps {
            let sentence = words::sentence(recording, step, layer);
            let _ = writeln!(events, "<li>{}</li>", terms.mark(&sentence));
        }
        Shown {
            chart: svg::draw(&id(recording), recording, &steps, &layout, layer),
            events: events + "</ol>\n" + &terms.meanings(),
            data: data(recording, &steps, &layout, layer, to_scale),
            layer,
            steps,
        }
    }
}

/// What the player needs to know of a recording. Programs, examples and sockets are named by their index.
fn data(
    recording: &Recording,
    steps: &[Step],
    layout: &Layout,
    layer: Layer,
    to_scale: bool,
) -> Value {
    let examples = recording.examples();
    // A step is a list, to be short: its kind, its place in the chart, its number among the steps of all layers, and what the
    // player calls by these letters.
    let step = |(step, row): (&Step, &layout::Row)| match &step.event.kind {
        Kind::Call(call) => {
            let kind = if step.returns { "r" } else { "c" };
            let program = recording.program(&call.program);
            json!([
                kind,
                row.y,
                step.number,
                program,
                call.thread,
                call.line,
                u8::from(step.waits)
            ]) // p h l w
        }
        Kind::Print(print) => {
            let program = recording.program(&print.program);
            let on_stderr = u8::from(print.stream == "stderr");
            let line = print.line.filter(|_| layer > Layer::Talk);
            json!([
                "p",
                row.y,
                step.number,
                program,
                print.thread,
                line,
                print.text,
                on_stderr
            ]) // p h l x e
        }
        Kind::Type(typed) => {
            json!([
                "t",
                row.y,
                step.number,
                recording.program(&typed.program),
                typed.text
            ]) // p x
        }
        Kind::Segment(segment) => {
            let bare = u8::from(segment.is_bare_ack());
            let flags = words::flags(segment);
            let fields = (layer >= Layer::Segments).then(|| {
                let mut fields = vec![
                    json!(flags),
                    json!(segment.seq),
                    json!(segment.acknowledges()),
                    json!(segment.len),
                    json!(words::beginning(&segment.payload)),
                ];
                fields.extend(segment.window.map(|it| json!(it)));
                fields
            });
            json!(["s", row.y, step.number, bare, fields]) // b f
        }
        Kind::State(state) => {
            json!(["S", row.y, step.number, recording.socket(&state.socket), state.to]) // s x
        }
        Kind::End(end) => {
            json!(["e", row.y, step.number, recording.program(&end.program)])
        } // p
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
        "layer": layer.name(),
        "height": layout.height,
        "bottoms": to_scale.then(|| layout.rows.iter().map(|row| row.y + row.height).collect::<Vec<_>>()),
        "programs": programs.collect::<Vec<_>>(),
        "sockets": sockets.collect::<Vec<_>>(),
        "steps": steps,
    })
}

/// The repository, for tests.
#[cfg(test)]
fn home() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
