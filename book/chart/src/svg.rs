//! The drawing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use crate::html::escape;
use crate::layer::Layer;
use crate::layout::{BAND, LANE, LINE, Layout, Side, shorten, time, wrap};
use crate::steps::Step;
use crate::words::{self, one_line};
use recorder::recording::{Call, Kind, Print, Recording, Segment, State};

/// A chart longer than this many steps is drawn in several pieces, between which paper may end.
const STEPS_A_PIECE: usize = 32;

/// Draws the chart: one SVG, or several that join without a gap.
pub fn draw(
    id: &str,
    recording: &Recording,
    steps: &[Step],
    layout: &Layout,
    layer: Layer,
) -> String {
    let mut html = String::new();
    let starts: Vec<usize> = (0..steps.len().max(1)).step_by(STEPS_A_PIECE).collect();
    for (piece, &start) in starts.iter().enumerate() {
        let end = (start + STEPS_A_PIECE).min(steps.len());
        let top = if piece == 0 { 0 } else { layout.rows[start].y };
        let bottom = match layout.rows.get(end) {
            Some(row) => row.y,
            None => layout.height,
        };
        let chart = Chart { recording, steps, layout, layer, top, bottom };
        let _ = writeln!(
            html,
            "<svg class=\"seq\" style=\"min-width:{}px\" viewBox=\"0 {top} {} {}\" role=\"img\" aria-labelledby=\"{id}-t{piece}\">\
             <title id=\"{id}-t{piece}\">{}, steps {} to {end}</title>",
            layout.width * 4 / 5, // or the letters get too small
            layout.width,
            bottom - top,
            escape(&recording.title),
            start + 1,
        );
        if piece == 0 {
            let _ = writeln!(
                html,
                "<desc>The server’s side is on the left, the clients’ on the right; time runs down. A list of the same \
                 steps in words is below.</desc>"
            );
            html += &chart.heads();
        }
        html += &chart.bands();
        html += &chart.boxes();
        html += &chart.leads(start..end);
        html += &chart.rows(start..end);
        html += "</svg>";
    }
    html
}

/// A piece of the chart, from `top` to `bottom`.
struct Chart<'a> {
    recording: &'a Recording,
    steps: &'a [Step<'a>],
    layout: &'a Layout,
    layer: Layer,
    top: u32,
    bottom: u32,
}

impl Chart<'_> {
    /// The programs' names, each over its lanes.
    fn heads(&self) -> String {
        let mut svg = String::new();
        for (index, program) in self.recording.programs.iter().enumerate() {
            let y = self.layout.head(index);
            let x = self.layout.thread(index, 1);
            let who = self.who(index);
            let (x, class) = match self.layout.sides[index] {
                Side::Left => (x, ""),
                Side::Right => (x + LANE, " e"),
            };
            let _ = writeln!(
                svg,
                "<text class=\"head {who}{class}\" x=\"{x}\" y=\"{y}\">{}</text>",
                escape(&self.recording.label(&program.id))
            );
        }
        svg
    }

    /// The sockets' states.
    fn bands(&self) -> String {
        let mut svg = String::new();
        for (index, socket) in self.recording.sockets.iter().enumerate() {
            let Some(x) = self.layout.socket(index) else {
                continue;
            };
            let changes: Vec<(usize, &str)> = self
                .steps
                .iter()
                .enumerate()
                .filter_map(|(at, step)| match &step.event.kind {
                    Kind::State(state) if state.socket == socket.id => {
                        Some((at, &*state.to))
                    }
                    _ => None,
                })
                .collect();
            for (n, (at, state)) in changes.iter().enumerate() {
                let from = self.layout.rows[*at].y + 3;
                let to = match changes.get(n + 1) {
                    Some((next, _)) => self.layout.rows[*next].y + 3,
                    None => self.layout.height,
                };
                if *state == "CLOSED" || !self.shows(from, to) {
                    continue;
                }
                let _ = writeln!(
                    svg,
                    "<rect class=\"band {}\" x=\"{x}\" y=\"{from}\" height=\"{}\"/>",
                    class(state),
                    to - from
                );
            }
        }
        svg
    }

    /// The calls, each a box from its begin to its end, with the number of its line.
    fn boxes(&self) -> String {
        let mut svg = String::new();
        for (at, step) in self.steps.iter().enumerate() {
            let (program, thread, line) = match &step.event.kind {
                Kind::Call(call) if !step.returns => {
                    (&call.program, call.thread, call.line)
                }
                Kind::Print(it) if it.line.is_some() && self.layer > Layer::Talk => {
                    (&it.program, it.thread, it.line)
                }
                _ => continue,
            };
            let (from, to) =
                (self.layout.rows[at].y + 2, self.layout.bottom(step.until) - 2);
            if !self.shows(from, to) {
                continue;
            }
            let program = self.recording.program(program);
            let x = self.layout.thread(program, thread);
            let who = self.who(program);
            let wait = if step.waits { " wait" } else { "" };
            let _ = write!(
                svg,
                "<rect class=\"box {who}{wait}\" x=\"{x}\" y=\"{from}\" height=\"{}\"/>",
                to - from
            );
            if let Some(line) = line {
                let (x, y) = (x + LANE / 2, from + 11);
                let _ =
                    write!(svg, "<text class=\"n\" x=\"{x}\" y=\"{y}\">{line}</text>");
            }
            svg.push('\n');
        }
        svg
    }

    /// Thin lines that lead from what is written in these steps' rows to the lanes that it is about.
    fn leads(&self, steps: Range<usize>) -> String {
        let mut paths: BTreeMap<String, String> = BTreeMap::new(); // one for each colour
        let thread = |program: &str, thread| {
            let program = self.recording.program(program);
            (program, self.layout.thread(program, thread), LANE, self.who(program))
        };
        for at in steps {
            let (program, x, width, colour) = match &self.steps[at].event.kind {
                Kind::Call(call) => thread(&call.program, call.thread),
                Kind::Print(print) => thread(&print.program, print.thread),
                Kind::Type(typed) => thread(&typed.program, 1),
                Kind::End(end) => thread(&end.program, 1),
                Kind::State(state) => {
                    let socket = self.recording.socket(&state.socket);
                    let program = &self.recording.sockets[socket].program;
                    let x = self.layout.socket(socket).unwrap_or_default();
                    (self.recording.program(program), x, BAND, "of-state".to_owned())
                }
                Kind::Segment(_) => continue, // its arrow leads there
            };
            let (begin, end) = self.layout.middle;
            let (from, to) = match self.layout.sides[program] {
                Side::Left => (x + width, begin),
                Side::Right => (end, x),
            };
            let row = &self.layout.rows[at];
            let path = paths.entry(colour).or_default();
            let _ = write!(path, "M{from} {}H{to}", row.y + row.height / 2);
        }
        let path =
            |(colour, path)| format!("<path class=\"to {colour}\" d=\"{path}\"/>\n");
        paths.into_iter().map(path).collect()
    }

    /// What is written and drawn in the rows of these steps.
    fn rows(&self, steps: Range<usize>) -> String {
        let mut svg = String::new();
        for at in steps {
            let step = &self.steps[at];
            svg += &self.quiet(at);
            svg += &match &step.event.kind {
                Kind::Call(call) => self.call(at, step, call),
                Kind::Print(print) => self.print(at, print),
                Kind::Type(typed) => {
                    let program = self.recording.program(&typed.program);
                    let text = if typed.ends_input() {
                        "Ctrl-D".to_owned()
                    } else {
                        let text = shorten(&one_line(&typed.text), 8);
                        format!("types <tspan>{}</tspan>", escape(&text))
                    };
                    self.note(at, program, "type", &text)
                }
                Kind::Segment(segment) => self.segment(at, segment),
                Kind::State(state) => self.state(at, state),
                Kind::End(end) => {
                    let program = self.recording.program(&end.program);
                    let text = format!("✕ {}", escape(&end.how));
                    self.note(at, program, "end", &text)
                }
            };
        }
        svg
    }

    /// The quiet stretch before a step, with its time.
    fn quiet(&self, at: usize) -> String {
        let row = &self.layout.rows[at];
        let Some((from, micros)) = row.quiet else {
            return String::new();
        };
        let (begin, end) = self.layout.middle;
        let (x, y) = (begin.midpoint(end), from.midpoint(row.y));
        format!(
            "<path class=\"quiet\" d=\"M{x} {}V{}M{x} {}V{}\"/><text class=\"quiet\" x=\"{x}\" y=\"{}\">{}</text>\n",
            from + 4,
            y - 10,
            y + 10,
            row.y - 4,
            y + 4,
            time(micros)
        )
    }

    fn call(&self, at: usize, step: &Step, call: &Call) -> String {
        let result = shorten(&outcome(call), call.call.len() + 6);
        let text = if step.returns {
            format!("└ <tspan>{}</tspan>", escape(&result))
        } else if step.waits {
            format!("{} …", escape(&call.call))
        } else {
            format!("{} <tspan>{}</tspan>", escape(&call.call), escape(&result))
        };
        let program = self.recording.program(&call.program);
        self.note(at, program, "", &text)
    }

    /// A line of text beside the rails of a program.
    fn note(&self, at: usize, program: usize, class: &str, text: &str) -> String {
        let row = &self.layout.rows[at];
        let y = row.y + row.height / 2;
        let (begin, end) = self.layout.middle;
        let (x, class) = match (self.layout.sides[program], class) {
            (Side::Left, "") => (begin + 3, String::new()),
            (Side::Left, class) => (begin + 3, format!(" class=\"{class}\"")),
            (Side::Right, class) => {
                (end - 3, format!(" class=\"{}\"", format!("{class} e").trim_start()))
            }
        };
        format!("<text{class} x=\"{x}\" y=\"{}\">{text}</text>\n", y + 4)
    }

    fn print(&self, at: usize, print: &Print) -> String {
        let row = &self.layout.rows[at];
        let program = self.recording.program(&print.program);
        let (begin, end) = self.layout.middle;
        let lines = wrap(&print.text);
        let longest = lines.iter().map(|line| line.chars().count()).max();
        let width = (longest.unwrap_or(0) as f32 * 6.0) as u32 + 12;
        let x = match self.layout.sides[program] {
            Side::Left => begin,
            Side::Right => end - width,
        };
        let stream = if print.stream == "stderr" { " err" } else { "" };
        let mut svg = format!(
            "<rect class=\"tty\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{}\"/>\
             <text class=\"out{stream}\" y=\"{}\">",
            row.y + 2,
            row.height - 4,
            row.y,
        );
        for line in lines {
            let _ = write!(
                svg,
                "<tspan x=\"{}\" dy=\"{LINE}\">{}</tspan>",
                x + 6,
                escape(&line)
            );
        }
        svg + "</text>\n"
    }

    fn segment(&self, at: usize, segment: &Segment) -> String {
        let row = &self.layout.rows[at];
        let y = row.y + row.height - 5;
        let (begin, end) = self.layout.middle;
        let place = |id: &Option<String>| {
            let index = self.recording.socket(id.as_ref()?);
            let program = self.recording.program(&self.recording.sockets[index].program);
            let x = self.layout.socket(index)?;
            Some(match self.layout.sides[program] {
                Side::Left => (x + BAND, Side::Left),
                Side::Right => (x, Side::Right),
            })
        };
        let (from, to) = match (place(&segment.from), place(&segment.to)) {
            (Some(from), Some(to)) => (from.0, to.0),
            (Some((from, Side::Left)), None) => (from, end),
            (Some((from, Side::Right)), None) => (from, begin),
            (None, Some((to, Side::Left))) => (end, to),
            (None, Some((to, Side::Right))) => (begin, to),
            (None, None) => (begin, end),
        };
        let tip = if to > from { "m-6-4l6 4-6 4" } else { "m6-4l-6 4 6 4" };
        let flags = match self.layer >= Layer::Segments {
            true => words::flags(segment),
            false => String::new(),
        };
        let window = segment.window.filter(|_| self.layer >= Layer::Segments);
        let window = window.map(|it| format!(", window {it}")).unwrap_or_default();
        let flags = flags + &window;
        let mut text = format!("<tspan>{}</tspan>", escape(&flags));
        if segment.len > 0 {
            let payload = one_line(&segment.payload);
            let payload = shorten(&payload, flags.chars().count() + 4);
            let _ = write!(text, " “{}”", escape(&payload));
        }
        let mut class = String::from("seg");
        if segment.is_bare_ack() {
            class += " ack";
        }
        if segment.has("RST") {
            class += " rst";
        }
        format!(
            "<g class=\"{class}\"><path d=\"M{from} {y}H{to}{tip}\"/><text x=\"{}\" y=\"{}\">{text}</text></g>\n",
            begin.midpoint(end),
            y - 4,
        )
    }

    fn state(&self, at: usize, state: &State) -> String {
        let row = &self.layout.rows[at];
        let index = self.recording.socket(&state.socket);
        let socket = &self.recording.sockets[index];
        let program = self.recording.program(&socket.program);
        let y = row.y + row.height / 2;
        let (begin, end) = self.layout.middle;
        let (x, swatch, class_end) = match self.layout.sides[program] {
            Side::Left => (begin + 14, begin + 3, ""),
            Side::Right => (end - 14, end - 11, " e"),
        };
        let several = self
            .recording
            .sockets
            .iter()
            .filter(|it| it.program == socket.program && it.peer.is_some());
        let which = match &socket.peer {
            Some(peer) if several.count() > 1 => {
                let port = peer.rsplit_once(':').map_or(&**peer, |(_, port)| port);
                format!(" <tspan>:{}</tspan>", escape(port))
            }
            _ => String::new(),
        };
        let colour = class(&state.to);
        format!(
            "<rect class=\"swatch {colour}\" x=\"{swatch}\" y=\"{}\" />\
             <text class=\"state{class_end}\" x=\"{x}\" y=\"{}\">{}{which}</text>\n",
            y - 4,
            y + 4,
            escape(&state.to),
        )
    }

    /// The class that gives a program its colour: `ps` for a server, `p1`, `p2`, `p3` for the clients.
    fn who(&self, program: usize) -> String {
        let sides = &self.layout.sides;
        if sides[program] == Side::Left {
            return "ps".to_owned();
        }
        let before = sides[..program].iter().filter(|side| **side == Side::Right);
        format!("p{}", before.count() % 3 + 1)
    }

    /// Whether any of this is in the piece.
    fn shows(&self, from: u32, to: u32) -> bool {
        from < self.bottom && to > self.top
    }
}

/// A call's result, short: the number or the error.
fn outcome(call: &Call) -> String {
    match call.result.as_deref() {
        None => String::new(),
        Some(result) => match result.strip_prefix("-1 ") {
            Some(error) => error.split(' ').next().unwrap_or(error).to_owned(),
            None => format!("= {result}"),
        },
    }
}

/// The class that gives a state its colour.
fn class(state: &str) -> String {
    state.to_ascii_lowercase()
}
