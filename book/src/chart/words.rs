//! A recording in words: its steps as sentences, its states explained.

use super::steps::Step;
use crate::recording::{Call, Kind, Recording, Segment};

/// One step, as a sentence.
pub fn sentence(recording: &Recording, step: &Step) -> String {
    let sentence = told(recording, step);
    let mut letters = sentence.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn told(recording: &Recording, step: &Step) -> String {
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
            let who = who(recording, &print.program, print.thread, print.line);
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
                socket.map_or("nobody".to_owned(), |it| name(recording, &it.program))
            };
            let (from, to) = (end(&segment.from), end(&segment.to));
            let flags = flags(segment);
            let ack = segment.acknowledges().map(|it| format!(", ack {it}"));
            let bytes = match segment.len {
                0 => String::new(),
                n => format!(", {n} bytes: “{}”", one_line(&segment.payload)),
            };
            format!(
                "{from} to {to}: {flags}, seq {}{}{bytes}.",
                segment.seq,
                ack.unwrap_or_default()
            )
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

/// A text on one line, newlines shown.
pub fn one_line(text: &str) -> String {
    text.replace('\n', "⏎")
}

/// What a TCP state means (RFC 9293, section 3.3.2).
pub fn state(name: &str) -> &'static str {
    match name {
        "LISTEN" => "It waits for anybody’s SYN.",
        "SYN-SENT" => "It has sent its SYN and waits for the peer’s.",
        "SYN-RECEIVED" => {
            "It has received a SYN and sent its own; it waits for that to be acknowledged."
        }
        "ESTABLISHED" => "The connection is open: bytes may flow both ways.",
        "FIN-WAIT-1" => {
            "It has sent its FIN and will send no more bytes; it waits for the FIN to be acknowledged, or for the peer’s."
        }
        "FIN-WAIT-2" => {
            "Its FIN is acknowledged. It still receives, and waits for the peer’s FIN."
        }
        "CLOSE-WAIT" => {
            "The peer’s FIN has come: no more bytes from there. It may still send, until its program closes it."
        }
        "CLOSING" => {
            "Both sides have sent a FIN, neither knowing of the other’s; it waits for its own to be acknowledged."
        }
        "LAST-ACK" => {
            "The peer’s FIN came first, now its own is sent; it waits only for that to be acknowledged."
        }
        "TIME-WAIT" => {
            "Both sides are done. It stays a while, to acknowledge the peer’s FIN again if need be, and so that no late segment gets into a new connection."
        }
        "CLOSED" => "There is no connection.",
        _ => "",
    }
}
