//! The steps in which a recording is told: its events, and the returns of calls that waited.

use super::recording::{Event, Kind, Recording};

/// One step.
pub struct Step<'a> {
    pub event: &'a Event,
    /// Whether this is the return of the call, which had an earlier step.
    pub returns: bool,
    /// Whether this is a call whose return is a later step, or never comes.
    pub waits: bool,
    /// For a call, the last step during which it goes on: an index.
    pub until: usize,
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

/// The steps of a recording, in order.
pub fn of(recording: &Recording) -> Vec<Step<'_>> {
    let events = &recording.events;
    // When each step is, and a rank among those at the same time: a call returns after what it waited for, and before
    // whatever its program does next.
    let mut steps: Vec<(usize, bool, bool)> = Vec::new();
    let mut returns: Vec<(u64, usize)> = Vec::new();
    for (index, event) in events.iter().enumerate() {
        while let Some(&(end, call)) = returns.first() {
            let of_the_wire = matches!(event.kind, Kind::Segment(_) | Kind::State(_));
            if event.t < end || (event.t == end && of_the_wire) {
                break;
            }
            steps.push((call, true, false));
            returns.remove(0);
        }
        let mut waits = false;
        if let Kind::Call(call) = &event.kind
            && WAITING.contains(&&*call.call)
        {
            let end = call.end.unwrap_or(u64::MAX);
            let next = events.get(index + 1);
            waits = call.never_returned() || next.is_some_and(|next| next.t < end);
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
            let back = later
                .clone()
                .find(|it| steps[*it].0 == index && steps[*it].1);
            return back.unwrap_or(at);
        }
        let end = call.end.unwrap_or_default();
        let inside = later.take_while(|it| !steps[*it].1 && events[steps[*it].0].t < end);
        inside.last().unwrap_or(at)
    };
    let steps = steps.iter().enumerate();
    steps
        .map(|(at, &(index, returns, waits))| Step {
            event: &events[index],
            returns,
            waits,
            until: if returns { at } else { until(at, index, waits) },
        })
        .collect()
}
