//! The steps in which a recording is told: its events, and the returns of calls that waited.

use crate::layer::Layer;
use recorder::recording::{Call, Event, Kind, Recording};

/// One step.
pub struct Step<'a> {
    pub event: &'a Event,
    /// Its place among the steps of all layers, from 0.
    pub number: usize,
    /// Whether this is the return of the call, which had an earlier step.
    pub returns: bool,
    /// Whether this is a call whose return is a later step, or never comes.
    pub waits: bool,
    /// For a call, the last step during which it goes on: an index.
    pub until: usize,
}

impl Step<'_> {
    /// When it is, in microseconds since the first event.
    pub fn time(&self) -> u64 {
        match &self.event.kind {
            Kind::Call(call) if self.returns => call.end,
            _ => self.event.t,
        }
    }
}

/// Calls that wait for somebody else. What these return has a step of its own if anything happens meanwhile.
const WAITING: &[&str] = &[
    "accept",
    "accept4",
    "connect",
    "read",
    "readv",
    "recv",
    "recvfrom",
    "recvmsg",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_wait",
    "epoll_pwait",
];

/// How far the clocks of a recording may disagree, in microseconds.
const TOLERANCE: u64 = 1000;

/// When a call ended. One that waits for a connection, or for the keyboard, ends when that is there, whatever the clocks say.
fn end_of(call: &Call, events: &[Event]) -> u64 {
    let end = call.end;
    let socket = match &*call.call {
        "connect" => &call.socket,
        _ => &call.accepted,
    };
    let there = events.iter().filter_map(|event| match &event.kind {
        Kind::State(state) if Some(&state.socket) == socket.as_ref() => {
            (state.to == "ESTABLISHED").then_some(event.t)
        }
        Kind::Type(typed) => {
            (call.call == "read" && typed.program == call.program).then_some(event.t)
        }
        _ => None,
    });
    let late = there.filter(|t| (end..end.saturating_add(TOLERANCE)).contains(t));
    late.max().unwrap_or(end)
}

/// Whether an event comes before the return of a call that ends then: at the same time, what the call may have waited for does.
fn is_before(event: &Event, end: u64) -> bool {
    let waited_for =
        matches!(event.kind, Kind::Segment(_) | Kind::State(_) | Kind::Type(_));
    event.t < end || (event.t == end && waited_for)
}

/// The steps of a recording that show on a layer, in order.
pub fn of(recording: &Recording, layer: Layer) -> Vec<Step<'_>> {
    let mut steps = all(recording);
    steps.retain(|step| layer.shows(&step.event.kind));
    let numbers: Vec<usize> = steps.iter().map(|step| step.number).collect();
    for (at, step) in steps.iter_mut().enumerate() {
        // The last one that shows while the call goes on.
        let until = numbers.partition_point(|number| *number <= step.until);
        step.until = at.max(until.saturating_sub(1));
    }
    steps
}

fn all(recording: &Recording) -> Vec<Step<'_>> {
    let events = &recording.events;
    // When each step is, and a rank among those at the same time: a call returns after what it waited for, and before
    // whatever its program does next.
    let mut steps: Vec<(usize, bool, bool)> = Vec::new();
    let mut returns: Vec<(u64, usize)> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        while let Some(&(end, call)) = returns.first() {
            if is_before(event, end) {
                break;
            }
            steps.push((call, true, false));
            returns.remove(0);
        }
        let mut waits = false;
        if let Kind::Call(call) = &event.kind
            && WAITING.contains(&&*call.call)
        {
            let end = end_of(call, events);
            let next = events.get(index + 1);
            waits =
                call.never_returned() || next.is_some_and(|next| is_before(next, end));
            if waits && !call.never_returned() {
                let place = returns.partition_point(|(other, _)| *other <= end);
                returns.insert(place, (end, index));
            }
        }
        steps.push((index, false, waits));
    }
    steps.extend(returns.into_iter().map(|(_, call)| (call, true, false)));

    let until = |at: usize, index: usize, waits: bool| {
        let Kind::Call(call) = &events[index].kind else {
            return at;
        };
        let ours = |other: usize| match &events[other].kind {
            Kind::End(end) => end.program == call.program,
            _ => false,
        };
        let later = at + 1..steps.len();
        if call.never_returned() {
            let end = later.clone().find(|it| ours(steps[*it].0));
            return end.unwrap_or(steps.len() - 1);
        }
        if waits {
            let back = later.clone().find(|it| steps[*it].0 == index && steps[*it].1);
            return back.unwrap_or(at);
        }
        let inside =
            later.take_while(|it| !steps[*it].1 && events[steps[*it].0].t < call.end);
        inside.last().unwrap_or(at)
    };
    let steps = steps.iter().enumerate();
    steps
        .map(|(at, &(index, returns, waits))| Step {
            event: &events[index],
            number: at,
            returns,
            waits,
            until: if returns { at } else { until(at, index, waits) },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A recording of one server and these events.
    fn recording(events: Value) -> Recording {
        let recording = json!({
            "schema": 1, "name": "test", "title": "A test.",
            "recorded": {
                "date": "2026-01-01", "kernel": "6.0", "rustc": "1", "strace": "6", "tcpdump": "4",
            },
            "programs": [{ "id": "server", "example": "server", "args": [], "role": "server" }],
            "sockets": [], "events": events,
        });
        serde_json::from_value(recording).expect("it follows the schema")
    }

    fn call(name: &str, t: u64, end: u64, result: Value) -> Value {
        json!({
            "t": t, "end": end, "kind": "call", "program": "server", "thread": 1, "line": 1,
            "call": name, "args": "3", "result": result,
        })
    }

    fn segment(t: u64) -> Value {
        json!({
            "t": t, "kind": "segment", "from": null, "to": null, "flags": ["SYN"],
            "seq": 0, "ack": 0, "len": 0, "payload": "",
        })
    }

    /// The steps as the index of the event, whether it returns, whether it waits, and until when it goes on.
    fn told(events: Value) -> Vec<(u64, bool, bool, usize)> {
        let recording = recording(events);
        let steps = of(&recording, Layer::States);
        let told = steps.iter().map(|it| (it.event.t, it.returns, it.waits, it.until));
        told.collect()
    }

    #[test]
    fn a_layer_leaves_out_what_is_deeper() {
        let mut said = segment(25);
        said["len"] = json!(2);
        let recording = recording(json!([
            call("recvfrom", 10, 30, json!("2")),
            segment(20),
            said,
            call("close", 40, 41, json!("0")),
        ]));
        let told = |layer| -> Vec<(usize, usize)> {
            of(&recording, layer).iter().map(|it| (it.number, it.until)).collect()
        };
        assert_eq!(told(Layer::Talk), [(2, 0)]);
        assert_eq!(told(Layer::Calls), [(0, 2), (2, 1), (3, 2), (4, 3)]);
        assert_eq!(told(Layer::Segments).len(), 5);
    }

    #[test]
    fn a_call_that_waited_returns_behind_what_it_waited_for() {
        let events = json!([
            call("accept4", 10, 30, json!("4")),
            segment(20),
            segment(30),
            call("close", 30, 31, json!("0")),
        ]);
        assert_eq!(
            told(events),
            [
                (10, false, true, 3),
                (20, false, false, 1),
                (30, false, false, 2),
                (10, true, false, 3),
                (30, false, false, 4),
            ]
        );
    }

    #[test]
    fn a_call_that_found_what_it_wanted_is_one_step() {
        let events = json!([call("recvfrom", 10, 12, json!("7")), segment(20)]);
        assert_eq!(told(events), [(10, false, false, 0), (20, false, false, 1)]);
    }

    #[test]
    fn sending_does_not_wait_and_lasts_while_its_segment_leaves() {
        let events =
            json!([call("sendto", 10, 25, json!("7")), segment(20), segment(40)]);
        assert_eq!(
            told(events),
            [(10, false, false, 1), (20, false, false, 1), (40, false, false, 2)]
        );
    }

    #[test]
    fn a_call_that_never_returned_lasts_until_its_program_ends() {
        let events = json!([
            call("accept4", 10, 40, json!(null)),
            segment(20),
            { "t": 30, "kind": "end", "program": "server", "how": "killed" },
            segment(40),
        ]);
        assert_eq!(told(events)[0], (10, false, true, 2));
    }

    #[test]
    fn accept_does_not_return_before_the_connection_is_there() {
        let mut accept = call("accept4", 10, 30, json!("4"));
        accept["accepted"] = json!("connection");
        let state = json!({
            "t": 40, "kind": "state", "socket": "connection",
            "from": "SYN-RECEIVED", "to": "ESTABLISHED",
        });
        let told = told(json!([accept, segment(20), state]));
        assert_eq!(told[2..], [(40, false, false, 2), (10, true, false, 3)]);
    }
    #[test]
    fn reading_does_not_return_before_anything_is_typed() {
        let read = call("read", 10, 30, json!("8"));
        let typed =
            json!({ "t": 31, "kind": "type", "program": "server", "text": "Michael\n" });
        let told = told(json!([read, segment(20), typed]));
        assert_eq!(told[2..], [(31, false, false, 2), (10, true, false, 3)]);
    }
}
