//! Compares a new recording with the committed one. `README.md` beside this file says by which rules.

use std::collections::{BTreeMap, HashMap};

use super::schema::{Event, Recording, What};

/// What differs first, told for a person. None if the recordings agree.
pub fn difference(committed: &Recording, new: &Recording) -> Option<String> {
    let (expected, got) = (tracks(committed), tracks(new));
    let names = expected
        .keys()
        .chain(got.keys().filter(|name| !expected.contains_key(*name)));
    for name in names {
        let none = Vec::new();
        let expected = expected.get(name).unwrap_or(&none);
        let got = got.get(name).unwrap_or(&none);
        let length = expected.len().max(got.len());
        let Some(at) = (0..length).find(|at| expected.get(*at) != got.get(*at)) else {
            continue;
        };
        let shown = |track: &[String]| {
            track.get(at).cloned().unwrap_or("nothing more".to_owned())
        };
        return Some(format!(
            "{name}, number {}:\n  committed: {}\n  now:       {}",
            at + 1,
            shown(expected),
            shown(got)
        ));
    }
    None
}

/// What happened, each thread, each direction and each socket for itself: between them the order may vary.
fn tracks(recording: &Recording) -> BTreeMap<String, Vec<String>> {
    let mut tracks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add =
        |track: String, entry: String| tracks.entry(track).or_default().push(entry);

    add("the title".to_owned(), recording.title.clone());
    for program in &recording.programs {
        let arguments = program.args.join(" ");
        let line = format!(
            "{} {} {arguments} ({})",
            program.id, program.example, program.role
        );
        add("the programs".to_owned(), line);
    }
    for socket in &recording.sockets {
        add(
            format!("the socket {}", socket.id),
            format!("{:?} {:?}", socket.local, socket.peer),
        );
    }
    let by_itself: Vec<&str> = recording.events.iter().filter_map(ended_by_itself).collect();
    // How far each side has numbered its bytes.
    let mut sent: HashMap<(&Option<String>, &Option<String>), u32> = HashMap::new();
    for event in &recording.events {
        match &event.what {
            // Another thread ended the program; whether this one had come to its next call is chance.
            What::Call { program, result: None, .. } if by_itself.contains(&program.as_str()) => {}
            What::Call {
                program,
                thread,
                line,
                call,
                args,
                result,
                socket,
                accepted,
                ..
            } => add(
                format!("thread {thread} of {program}"),
                format!(
                    "{}: {call}({args}) = {}{}{}",
                    at_line(*line),
                    result.as_deref().unwrap_or("… (it never returned)"),
                    socket
                        .as_ref()
                        .map(|id| format!(", on {id}"))
                        .unwrap_or_default(),
                    accepted
                        .as_ref()
                        .map(|id| format!(", accepts {id}"))
                        .unwrap_or_default(),
                ),
            ),
            What::Print {
                program,
                thread,
                line,
                stream,
                text,
            } => add(
                format!("thread {thread} of {program}"),
                format!("{}: prints {text:?} on {stream}", at_line(*line)),
            ),
            What::Type { program, text } => {
                add(format!("what is typed into {program}"), format!("{text:?}"));
            }
            What::Segment {
                from,
                to,
                flags,
                seq,
                ack,
                len,
                payload,
            } => {
                let bare = *len == 0 && flags.iter().all(|flag| flag == "ACK");
                let next = sent.entry((from, to)).or_default();
                let numbered = u32::try_from(*len).unwrap_or(0)
                    + u32::from(flags.iter().any(|flag| flag == "SYN" || flag == "FIN"));
                let again = numbered > 0 && seq + numbered <= *next;
                *next = (*next).max(seq + numbered);
                if !bare && !again {
                    let side =
                        |id: &Option<String>| id.clone().unwrap_or("nobody".to_owned());
                    add(
                        format!("segments from {} to {}", side(from), side(to)),
                        format!("{flags:?} seq {seq} ack {ack} len {len} {payload:?}"),
                    );
                }
            }
            What::State { socket, from, to } => {
                add(format!("the states of {socket}"), format!("{from} to {to}"));
            }
            What::End { program, how } => {
                add(format!("the end of {program}"), how.clone())
            }
        }
    }
    tracks
}

fn at_line(line: Option<u32>) -> String {
    line.map_or("at no line".to_owned(), |line| format!("line {line}"))
}

fn ended_by_itself(event: &Event) -> Option<&str> {
    match &event.what {
        What::End { program, how } if how != "killed" => Some(program),
        _ => None,
    }
}
