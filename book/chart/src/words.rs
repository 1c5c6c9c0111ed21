//! A recording in words: its steps as sentences.

use crate::layer::Layer;
use crate::steps::Step;
use recorder::recording::{Call, Kind, Recording, Segment};

/// One step, as a sentence, in the terms of a layer.
pub fn sentence(recording: &Recording, step: &Step, layer: Layer) -> String {
    let sentence = told(recording, step, layer);
    let mut letters = sentence.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn told(recording: &Recording, step: &Step, layer: Layer) -> String {
    match &step.event.kind {
        Kind::Call(call) => {
            let who = who(recording, &call.program, call.thread, call.line);
            let result = call.result.as_deref().unwrap_or("?");
            if step.returns {
                format!("{who}: {} returns {result}.", call.call)
            } else if step.waits {
                format!("{who}: {}({}) waits.", call.call, arguments(call))
            } else {
                format!("{who}: {}({}) returns {result}.", call.call, arguments(call))
            }
        }
        Kind::Print(print) => {
            let (thread, line) = match layer {
                Layer::Talk => (1, None),
                _ => (print.thread, print.line),
            };
            let who = who(recording, &print.program, thread, line);
            let stream = match &*print.stream {
                "stderr" => " on standard error",
                _ => "",
            };
            format!("{who}: prints{stream} “{}”.", one_line(&print.text))
        }
        Kind::Type(typed) if typed.ends_input() => {
            format!("{} ends its input (Ctrl-D).", name(recording, &typed.program))
        }
        Kind::Type(typed) => {
            format!(
                "Into {} is typed “{}”.",
                name(recording, &typed.program),
                one_line(&typed.text)
            )
        }
        Kind::Segment(segment) => {
            let end = |id: &Option<String>| {
                let socket =
                    recording.sockets.iter().find(|it| Some(&it.id) == id.as_ref());
                socket.map_or("the server’s kernel".to_owned(), |it| {
                    name(recording, &it.program)
                })
            };
            let (from, to) = (end(&segment.from), end(&segment.to));
            if layer < Layer::Segments {
                return format!("{from} to {to}: “{}”.", payload(segment));
            }
            let flags = flags(segment);
            let ack = segment.acknowledges().map(|it| format!(", ack {it}"));
            let bytes = match segment.len {
                0 => String::new(),
                n => format!(", {n} bytes: “{}”", payload(segment)),
            };
            let window = segment.window.map(|it| format!(", window {it}"));
            format!(
                "{from} to {to}: {flags}, seq {}{}{}{bytes}.",
                segment.seq,
                ack.unwrap_or_default(),
                window.unwrap_or_default()
            )
        }
        // The listener stays what it is: the kernel makes a socket for the connection.
        Kind::State(state) if state.from == "LISTEN" && state.to == "SYN-RECEIVED" => {
            let socket = socket(recording, &state.socket);
            format!("{socket}: a new one for this connection, {}.", state.to)
        }
        Kind::State(state) => format!(
            "{}: {} becomes {}.",
            socket(recording, &state.socket),
            state.from,
            state.to
        ),
        Kind::End(end) => format!("{} ends: {}.", name(recording, &end.program), end.how),
    }
}

/// A call's arguments. What it fills in or passes on is left out: another step tells of it.
fn arguments(call: &Call) -> String {
    let first = call.args.split(", ").next().unwrap_or_default();
    match &*call.call {
        "accept" | "accept4" | "recvfrom" | "sendto" | "read" | "write"
        | "getsockname" | "getpeername" => format!("{first}, …"),
        _ => call.args.clone(),
    }
}

/// A program, its thread unless that is the first, and the line at work.
fn who(recording: &Recording, program: &str, thread: usize, line: Option<u32>) -> String {
    let mut who = name(recording, program);
    if thread > 1 {
        who += &format!(", thread {thread}");
    }
    if let Some(line) = line {
        who += &format!(", line {line}");
    }
    who
}

/// What a program is called in a sentence: by its role where it is the only one in it.
fn name(recording: &Recording, id: &str) -> String {
    let Some(program) = recording.programs.iter().find(|it| it.id == id) else {
        return id.to_owned();
    };
    let same = recording.programs.iter().filter(|it| it.role == program.role);
    match same.count() {
        1 => program.role.clone(),
        _ => recording.label(id),
    }
}

/// What a socket is called: by its program, and what it is for.
pub fn socket(recording: &Recording, id: &str) -> String {
    let Some(socket) = recording.sockets.iter().find(|it| it.id == id) else {
        return id.to_owned();
    };
    let sockets = recording.sockets.iter();
    let of_program = sockets.filter(|it| it.program == socket.program);
    let program = name(recording, &socket.program);
    match &socket.peer {
        None if of_program.clone().any(|it| it.peer.is_some()) => {
            format!("{program}’s listener")
        }
        // The peer's port tells a server's connections apart.
        Some(peer) if of_program.filter(|it| it.peer.is_some()).count() > 1 => {
            let port = peer.rsplit_once(':').map_or(&**peer, |(_, port)| port);
            format!("{program}’s socket to port {port}")
        }
        _ => format!("{program}’s socket"),
    }
}

/// The flags of a segment.
pub fn flags(segment: &Segment) -> String {
    segment.flags.join(", ")
}

/// The bytes of a segment on one line, or the first of them.
fn payload(segment: &Segment) -> String {
    one_line(&beginning(&segment.payload))
}

/// A text, or the first of it: nobody reads a thousand bytes in the middle of a recording.
pub fn beginning(text: &str) -> String {
    const MOST: usize = 100;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A text on one line: newlines are shown, and other bytes that a screen doesn't show are written as Rust writes them.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => line.push('⏎'),
            c if c.is_control() => line.extend(c.escape_debug()),
            c => line.push(c),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn what_a_screen_does_not_show_is_written() {
        assert_eq!(one_line("\0\u{7}Zoë\n"), r"\0\u{7}Zoë⏎");
    }
}
