//! Compares a new recording with the committed one. `README.md` beside this file says by which rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use crate::recording::{Call, End, Event, Kind, Print, Recording, Segment, State, Type};

/// What differs first, told for a person. None if the recordings agree.
pub fn difference(committed: &Recording, new: &Recording) -> Option<String> {
    let (expected, got) = (tracks(committed), tracks(new));
    let names: BTreeSet<&String> = expected.keys().chain(got.keys()).collect();
    let none = Vec::new();
    for name in names {
        let expected = expected.get(name).unwrap_or(&none);
        let got = got.get(name).unwrap_or(&none);
        let length = expected.len().max(got.len());
        let Some(at) = (0..length).find(|at| expected.get(*at) != got.get(*at)) else {
            continue;
        };
        let shown = |track: &[Item]| track.get(at).map(Item::to_string);
        let shown = |track| shown(track).unwrap_or("nothing more".into());
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
fn tracks(recording: &Recording) -> BTreeMap<String, Vec<Item>> {
    let mut tracks = Tracks::default();
    tracks.add("the title".into(), recording.title.clone());
    for program in &recording.programs {
        let (id, arguments) = (&program.id, program.args.join(" "));
        let entry = format!("{id} {} {arguments} ({})", program.example, program.role);
        tracks.add("the programs".into(), entry);
    }
    for socket in &recording.sockets {
        let ends = format!("{:?} {:?}", socket.local, socket.peer);
        tracks.add(format!("the socket {}", socket.id), ends);
    }
    let by_itself = recording.events.iter().filter_map(ended_by_itself).collect();
    for event in &recording.events {
        tracks.add_event(&event.kind, &by_itself);
    }
    tracks.items
}

fn ended_by_itself(event: &Event) -> Option<&str> {
    match &event.kind {
        Kind::End(end) if end.how != "killed" => Some(&end.program),
        _ => None,
    }
}

#[derive(Default)]
struct Tracks {
    items: BTreeMap<String, Vec<Item>>,
    /// How far each side of a connection has numbered its bytes.
    sent: HashMap<(Option<String>, Option<String>), u64>,
}

#[derive(PartialEq)]
enum Item {
    Entry(String),
    Received(Received),
}

/// Bytes received one after the other, and what was printed meanwhile. How the stream was cut is chance.
#[derive(Default, PartialEq)]
struct Received {
    from: String,
    text: String,
    printed: BTreeMap<String, String>,
    lines: BTreeSet<Option<u32>>,
}

impl Item {
    /// Whether these are bytes received from there.
    fn is_from(&self, from: &str) -> bool {
        matches!(self, Item::Received(received) if received.from == from)
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::Entry(entry) => f.write_str(entry),
            Item::Received(Received { from, text, printed, lines }) => {
                let lines: Vec<String> =
                    lines.iter().map(|line| at_line(*line)).collect();
                let lines = lines.join(", ");
                write!(f, "{lines}: receives \"{text}\"{from} and prints {printed:?}")
            }
        }
    }
}

impl Tracks {
    fn add(&mut self, track: String, entry: String) {
        self.items.entry(track).or_default().push(Item::Entry(entry));
    }

    fn add_event(&mut self, kind: &Kind, by_itself: &BTreeSet<&str>) {
        match kind {
            // Another thread ended the program. Whether this one had come to its next call is chance.
            Kind::Call(call)
                if call.never_returned() && by_itself.contains(&*call.program) => {}
            Kind::Call(call) => self.add_call(call),
            Kind::Print(Print { program, thread, line, stream, text }) => {
                let track = format!("thread {thread} of {program}");
                let track = self.items.entry(track).or_default();
                if let Some(Item::Received(received)) = track.last_mut() {
                    *received.printed.entry(stream.clone()).or_default() += text;
                    received.lines.insert(*line);
                } else {
                    let entry =
                        format!("{}: prints {text:?} on {stream}", at_line(*line));
                    track.push(Item::Entry(entry));
                }
            }
            Kind::Type(Type { program, text }) => {
                self.add(format!("what is typed into {program}"), format!("{text:?}"));
            }
            Kind::Segment(segment) => self.add_segment(segment),
            Kind::State(State { socket, from, to }) => {
                self.add(format!("the states of {socket}"), format!("{from} to {to}"));
            }
            Kind::End(End { program, how }) => {
                self.add(format!("the end of {program}"), how.clone())
            }
        }
    }

    fn add_call(&mut self, call: &Call) {
        let Call { program, thread, line, args, .. } = call;
        let track = format!("thread {thread} of {program}");
        let track = self.items.entry(track).or_default();
        let told = |what: &str, id: &Option<String>| {
            id.as_ref().map(|id| format!(", {what} {id}")).unwrap_or_default()
        };
        let on = told("on", &call.socket);
        if let Some(text) = received(call) {
            let mut all = match track.pop_if(|last| last.is_from(&on)) {
                Some(Item::Received(all)) => all,
                _ => Received { from: on, ..Received::default() },
            };
            all.text += text;
            all.lines.insert(*line);
            track.push(Item::Received(all));
        } else {
            let result = call.result.as_deref().unwrap_or("… (it never returned)");
            let (line, name) = (at_line(*line), &call.call);
            let new = told("accepts", &call.accepted);
            let entry = format!("{line}: {name}({args}) = {result}{on}{new}");
            track.push(Item::Entry(entry));
        }
    }

    fn add_segment(&mut self, segment: &Segment) {
        let Segment { from, to, flags, seq, len, payload, .. } = segment;
        // A SYN and a FIN are numbered like a byte.
        let numbers = *len as u64 + u64::from(segment.has("SYN") || segment.has("FIN"));
        let end = u64::from(*seq).saturating_add(numbers);
        let bare = numbers == 0 && !segment.has("RST");
        let next = self.sent.entry((from.clone(), to.clone())).or_default();
        let again = numbers > 0 && end <= *next;
        *next = end.max(*next);
        if !bare && !again {
            let side = |id: &Option<String>| id.clone().unwrap_or("nobody".into());
            let track = format!("segments from {} to {}", side(from), side(to));
            self.add(track, format!("{flags:?} seq {seq} len {len} {payload:?}"));
        }
    }
}

/// What a call received from a socket, as it stands in the arguments between the quotes. None if it received nothing.
fn received(call: &Call) -> Option<&str> {
    let receives = matches!(&*call.call, "read" | "recvfrom") && call.socket.is_some();
    let count: usize = call.result.as_ref().filter(|_| receives)?.parse().ok()?;
    let (text, _) = call.args.split_once('"')?.1.rsplit_once('"')?;
    (count > 0).then_some(text)
}

fn at_line(line: Option<u32>) -> String {
    line.map_or("at no line".to_owned(), |line| format!("line {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{Environment, SCHEMA};

    fn recording(events: &[&str]) -> Recording {
        let events = events.iter().enumerate().map(|(t, event)| {
            let json = format!("{{\"t\":{t},{event}}}");
            serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"))
        });
        let word = String::new;
        Recording {
            schema: SCHEMA,
            name: word(),
            title: word(),
            recorded: Environment {
                date: word(),
                kernel: word(),
                rustc: word(),
                strace: word(),
                tcpdump: word(),
            },
            programs: Vec::new(),
            sockets: Vec::new(),
            events: events.collect(),
        }
    }

    const CLOSE: &str = r#""kind":"call","program":"p","thread":1,"line":7,"call":"close","args":"3","result":"0","end":9,"socket":"p/1""#;
    const SYN: &str = r#""kind":"segment","from":"a","to":"b","flags":["SYN"],"seq":0,"ack":0,"len":0,"payload":"""#;
    const ACK: &str = r#""kind":"segment","from":"a","to":"b","flags":["ACK"],"seq":1,"ack":1,"len":0,"payload":"""#;
    const FIN: &str = r#""kind":"segment","from":"a","to":"b","flags":["FIN","ACK"],"seq":1,"ack":1,"len":0,"payload":"""#;
    const PRINT: &str = r#""kind":"print","program":"p","thread":1,"line":5,"stream":"stdout","text":"hi\n""#;

    fn receive(text: &str) -> String {
        let length = text.len();
        format!(
            r#""kind":"call","program":"p","thread":1,"line":4,"call":"recvfrom","args":"3, \"{text}\", 1024","result":"{length}","end":9,"socket":"p/1""#
        )
    }

    #[track_caller]
    fn agree(one: &[&str], other: &[&str]) {
        assert_eq!(difference(&recording(one), &recording(other)), None);
    }

    #[track_caller]
    fn differ(one: &[&str], other: &[&str], expected: &str) {
        let difference =
            difference(&recording(one), &recording(other)).unwrap_or_default();
        assert!(difference.starts_with(expected), "{difference}");
    }

    #[test]
    fn the_order_between_tracks_does_not_matter() {
        agree(&[CLOSE, SYN], &[SYN, CLOSE]);
    }

    #[test]
    fn the_order_within_a_thread_matters() {
        differ(&[CLOSE, PRINT], &[PRINT, CLOSE], "thread 1 of p, number 1:");
    }

    #[test]
    fn lines_matter() {
        let moved = CLOSE.replace("\"line\":7", "\"line\":8");
        differ(
            &[CLOSE],
            &[&moved],
            "thread 1 of p, number 1:\n  committed: line 7: close(3)",
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        differ(&[CLOSE, PRINT], &[CLOSE], "thread 1 of p, number 2:");
        differ(
            &[CLOSE],
            &[CLOSE, PRINT],
            "thread 1 of p, number 2:\n  committed: nothing more",
        );
    }

    #[test]
    fn bare_acknowledgements_and_repetitions_do_not_matter() {
        agree(&[SYN, ACK, FIN], &[SYN, FIN, FIN, ACK]);
        differ(&[SYN, FIN], &[SYN, ACK], "segments from a to b, number 2:");
    }

    #[test]
    fn how_much_was_acknowledged_does_not_matter() {
        agree(&[FIN], &[&FIN.replace("\"ack\":1", "\"ack\":43")]);
        differ(&[FIN], &[&FIN.replace("\"seq\":1", "\"seq\":2")], "segments from a to b");
    }

    #[test]
    fn how_a_stream_is_cut_does_not_matter() {
        let (whole, first, rest) = (receive("abcd"), receive("ab"), receive("cd"));
        agree(&[&whole, PRINT, CLOSE], &[&first, &rest, PRINT, CLOSE]);
        differ(&[&whole, CLOSE], &[&first, CLOSE], "thread 1 of p, number 1:");
        differ(&[&whole, PRINT, CLOSE], &[&whole, CLOSE], "thread 1 of p, number 1:");
    }

    #[test]
    fn a_call_in_which_the_program_ended_by_itself_does_not_matter() {
        let waits = r#""kind":"call","program":"p","thread":2,"line":3,"call":"read","args":"0","result":null,"end":9,"socket":null"#;
        let exits = r#""kind":"end","program":"p","how":"exit 0""#;
        let killed = r#""kind":"end","program":"p","how":"killed""#;
        agree(&[waits, exits], &[exits]);
        differ(&[waits, killed], &[killed], "thread 2 of p, number 1:");
    }
}
