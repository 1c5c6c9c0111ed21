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
use stage::scenarios::Scenario;

use crate::Micros;
use crate::recording::{self, Environment, Event, Kind, Recording};
use calls::Conversation;
use connections::Connections;
use ports::ports_of;
pub use seen::{Program, Seen};
use segments::add_segments;
use sockets::Sockets;
use states::add_states;

/// An event before its time is counted from the first: when, its rank within the microsecond, and what.
type TimedEvent = (Micros, u8, Kind);

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
    add_segments(&mut events, &connections, &sockets, &ports);
    add_states(&mut events, &seen, &connections, &sockets);

    for program in &seen.programs {
        let its_calls = events.iter().filter(|(.., kind)| match kind {
            Kind::Call(call) => call.program == program.id,
            _ => false,
        });
        if its_calls.count() == 0 {
            bail!("strace shows no call of {}", program.id);
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

    Ok(Recording {
        schema: recording::SCHEMA,
        name: scenario.name.to_owned(),
        title: scenario.title.to_owned(),
        recorded,
        events: events.collect(),
        programs: seen
            .programs
            .iter()
            .map(|program| recording::Program {
                id: program.id.clone(),
                example: program.example.clone(),
                args: program
                    .arguments
                    .iter()
                    .map(|argument| ports.rewrite(argument))
                    .collect(),
                role: program.role.to_owned(),
            })
            .collect(),
        sockets: sockets.listed(&seen, &connections, &ports),
    })
}
