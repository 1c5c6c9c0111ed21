//! Puts calls, prints, segments and states on one clock.

mod calls;
mod connections;
mod ports;
mod seen;
mod segments;
mod sockets;
mod states;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result, bail};
use stage::Varying;
use stage::scenarios::Scenario;

use crate::recording::{self, Environment, Event, Kind, Recording};
use crate::tools::Micros;
use connections::Connections;
use ports::ports_of;
pub use seen::{Program, Seen};
use sockets::Sockets;

/// An event before its time is counted from the first: when, its rank within the microsecond, and what.
type TimedEvent = (Micros, u8, Kind);

/// All that is known before the events are put together.
struct Conversation<'w> {
    seen: &'w Seen,
    connections: &'w Connections,
    sockets: &'w Sockets,
    ports: &'w Varying,
}

/// Makes a recording of all that was seen.
pub fn merge(
    scenario: &Scenario,
    recorded: Environment,
    mut seen: Seen,
) -> Result<Recording> {
    seen.segments.sort_by_key(|segment| segment.at);
    let connections = Connections::of(&seen.segments);
    let mut sockets = Sockets::of(&seen, &connections);
    let ports = ports_of(&seen, &connections, &sockets);
    sockets.name(&seen, &connections, &ports);

    let mut events = Vec::new();
    let conversation = Conversation {
        seen: &seen,
        connections: &connections,
        sockets: &sockets,
        ports: &ports,
    };
    conversation.add_programs(&mut events);
    conversation.add_segments(&mut events);
    conversation.add_states(&mut events);

    for recording::Program { id, .. } in seen.programs.iter().map(|it| &it.listed) {
        let is_its =
            |kind: &Kind| matches!(kind, Kind::Call(call) if call.program == *id);
        if !events.iter().any(|(.., kind)| is_its(kind)) {
            bail!("strace shows no call of {id}");
        }
    }

    // Within a microsecond: first what is done, then what comes of it.
    events.sort_by_key(|(at, rank, _)| (*at, *rank));
    let start = events.first().map(|(at, ..)| *at).context("nothing happened")?;
    let events = events.into_iter().map(|(at, _, mut kind)| {
        match &mut kind {
            Kind::Call(call) => call.end -= start,
            Kind::Print(print) => print.text = ports.rewrite(&print.text),
            _ => {}
        }
        Event { t: at - start, kind }
    });

    let sockets = sockets.listed(&seen, &connections, &ports);
    let programs = seen.programs.into_iter().map(|program| {
        let mut listed = program.listed;
        listed.args.iter_mut().for_each(|argument| *argument = ports.rewrite(argument));
        listed
    });
    Ok(Recording {
        schema: recording::SCHEMA,
        name: scenario.name.to_owned(),
        title: scenario.title.to_owned(),
        recorded,
        programs: programs.collect(),
        sockets,
        events: events.collect(),
    })
}
