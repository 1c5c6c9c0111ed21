//! What the programs did.

use stage::Varying;

use super::TimedEvent;
use super::connections::{Connections, Side};
use super::seen::{Program, Seen, printed};
use super::sockets::{Socket, Sockets, duplicates};
use crate::Micros;
use crate::recording::{self, Kind};
use crate::strace::{self, Call, Entry};

/// All that is known before the events are put together.
pub struct Conversation<'w> {
    pub seen: &'w Seen,
    pub connections: &'w Connections,
    pub sockets: &'w Sockets,
    pub ports: &'w Varying,
}

impl Conversation<'_> {
    /// Adds what each program did: its calls, what it printed and was told, its end.
    pub fn add_programs(&self, events: &mut Vec<TimedEvent>) {
        for (index, program) in self.seen.programs.iter().enumerate() {
            let entries = program.threads.iter().flatten();
            let ends = entries.filter_map(|entry| match &entry.what {
                strace::What::End(how) => Some((entry.at, how.clone())),
                _ => None,
            });
            let ended = ends.max_by_key(|(at, _)| *at);
            for (at, text) in &program.typed {
                let (program, text) = (program.id.clone(), self.ports.rewrite(text));
                let typed = recording::Type { program, text };
                events.push((*at, 0, Kind::Type(typed)));
            }
            for thread in 0..program.threads.len() {
                let ended = ended.as_ref().map_or(0, |(at, _)| *at);
                self.add_thread(events, index, thread, ended);
            }
            if let Some((at, how)) = ended {
                let program = program.id.clone();
                let end = recording::End { program, how };
                events.push((at, 6, Kind::End(end)));
            }
        }
    }

    /// Adds what one thread did, in a program that ended at `ended`.
    fn add_thread(
        &self,
        events: &mut Vec<TimedEvent>,
        index: usize,
        thread: usize,
        ended: Micros,
    ) {
        let Conversation { connections, sockets, ports, .. } = self;
        let program = &self.seen.programs[index];
        let entries = &program.threads[thread];
        // The event that the next print may be a part of: one `eprintln!` writes piece by piece.
        let mut printing: Option<usize> = None;
        for (entry_index, entry) in entries.iter().enumerate() {
            let strace::What::Call(call) = &entry.what else {
                continue;
            };
            let place = (index, thread, entry_index);
            let line = || program.lines.line(&call.stack);

            if let Some((stream, bytes)) = printed(call) {
                // An address may be printed in pieces, so its port is rewritten once all are there.
                let (line, text) = (line(), String::from_utf8_lossy(&bytes).into_owned());
                if let Some(at) = printing
                    && let Kind::Print(print) = &mut events[at].2
                    && (print.stream.as_str(), print.line) == (stream, line)
                    && !print.text.ends_with('\n')
                {
                    print.text += &text;
                    continue;
                }
                printing = Some(events.len());
                let print = recording::Print {
                    program: program.id.clone(),
                    thread: thread + 1,
                    line,
                    stream: stream.to_owned(),
                    text,
                };
                events.push((entry.at, 2, Kind::Print(print)));
                continue;
            }

            let socket = sockets.of_call.get(&place);
            let counts = match call.name.as_str() {
                "fcntl" => socket.is_some() && duplicates(call),
                "read" | "readv" => socket.is_some() || call.descriptor() == Some(0),
                _ => socket.is_some(),
            };
            if !counts {
                continue;
            }
            printing = None;
            let id = |socket: &usize| sockets.all[*socket].id.clone();
            let arguments: Vec<_> =
                call.arguments.iter().map(|a| strace::readable(a)).collect();
            let made = recording::Call {
                program: program.id.clone(),
                thread: thread + 1,
                line: line().or_else(|| {
                    line_of_the_same_before(program, &entries[..entry_index], call)
                }),
                call: call.name.clone(),
                args: ports.rewrite(&arguments.join(", ")),
                result: call
                    .result
                    .as_deref()
                    .map(|result| ports.rewrite(&strace::readable(result))),
                end: end_of(
                    call,
                    entry.at,
                    ended,
                    socket.map(|socket| &sockets.all[*socket]),
                    connections,
                ),
                socket: socket.map(id),
                accepted: sockets.accepted.get(&place).map(id),
            };
            events.push((entry.at, 1, Kind::Call(made)));
        }
    }
}

/// A call that never returned has no stack. It stands where the thread's last such call stood, if there was one.
fn line_of_the_same_before(
    program: &Program,
    before: &[Entry],
    call: &Call,
) -> Option<u32> {
    let same = before.iter().rev().find_map(|entry| match &entry.what {
        strace::What::Call(other)
            if other.name == call.name && other.descriptor() == call.descriptor() =>
        {
            Some(other)
        }
        _ => None,
    })?;
    program.lines.line(&same.stack).filter(|_| call.result.is_none())
}

/// When a call ended. strace counts only from when it lets the call go on, so the end comes out a little early: a
/// `connect` would seem to have returned before the answer was there.
fn end_of(
    call: &Call,
    at: Micros,
    ended: Micros,
    socket: Option<&Socket>,
    connections: &Connections,
) -> Micros {
    let end = call.end.unwrap_or(ended).max(at);
    match socket.and_then(|socket| socket.connection) {
        Some((index, Side::Client)) if call.name == "connect" => {
            let answer = connections.0[index].first(Side::Server, |_| true);
            answer.filter(|_| call.end.is_some()).map_or(end, |answer| answer.max(end))
        }
        _ => end,
    }
}
