//! What the programs did.

use super::connections::Side;
use super::seen::{Program, printed};
use super::sockets::{Socket, duplicates};
use super::{Conversation, TimedEvent};
use crate::recording::{self, Kind};
use crate::strace::{self, Call};
use crate::tools::Micros;

impl Conversation<'_> {
    /// Adds what each program did: its calls, what it printed and was told, its end.
    pub fn add_programs(&self, events: &mut Vec<TimedEvent>) {
        for (index, program) in self.seen.programs.iter().enumerate() {
            let id = &program.listed.id;
            let ends = program.threads.iter().filter_map(|thread| thread.end.clone());
            let ended = ends.max_by_key(|(at, _)| *at);
            for (at, text) in &program.typed {
                let (program, text) = (id.clone(), self.ports.rewrite(text));
                let typed = recording::Type { program, text };
                events.push((*at, 0, Kind::Type(typed)));
            }
            for thread in 0..program.threads.len() {
                let ended = ended.as_ref().map_or(0, |(at, _)| *at);
                self.add_thread(events, index, thread, ended);
            }
            if let Some((at, how)) = ended {
                let end = recording::End { program: id.clone(), how };
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
        let Conversation { sockets, ports, .. } = self;
        let program = &self.seen.programs[index];
        let calls = &program.threads[thread].calls;
        // The event that the next print may be a part of: one `eprintln!` writes piece by piece.
        let mut printing: Option<usize> = None;
        for (call_index, call) in calls.iter().enumerate() {
            let place = (index, thread, call_index);
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
                    program: program.listed.id.clone(),
                    thread: thread + 1,
                    line,
                    stream: stream.to_owned(),
                    text,
                };
                events.push((call.at, 2, Kind::Print(print)));
                continue;
            }

            let socket = sockets.of_call.get(&place).map(|socket| &sockets.all[*socket]);
            let counts = match call.name.as_str() {
                "fcntl" => socket.is_some() && duplicates(call),
                "read" | "readv" => socket.is_some() || call.descriptor() == Some(0),
                _ => socket.is_some(),
            };
            if !counts {
                continue;
            }
            printing = None;
            let line = line()
                .or_else(|| line_of_the_same_before(program, &calls[..call_index], call));
            let arguments: Vec<_> =
                call.arguments.iter().map(|a| strace::readable(a)).collect();
            let result = call.result.as_deref().map(strace::readable);
            let accepted = sockets.accepted.get(&place);
            let made = recording::Call {
                program: program.listed.id.clone(),
                thread: thread + 1,
                line,
                call: call.name.clone(),
                args: ports.rewrite(&arguments.join(", ")),
                result: result.map(|result| ports.rewrite(&result)),
                end: self.end_of(call, ended, socket),
                socket: socket.map(|socket| socket.id.clone()),
                accepted: accepted.map(|socket| sockets.all[*socket].id.clone()),
            };
            events.push((call.at, 1, Kind::Call(made)));
        }
    }

    /// When a call ended. strace counts only from when it lets the call go on, so the end comes out a little early: a
    /// `connect` would seem to have returned before the answer was there.
    fn end_of(&self, call: &Call, ended: Micros, socket: Option<&Socket>) -> Micros {
        let end = call.end.unwrap_or(ended).max(call.at);
        match socket.and_then(|socket| socket.connection) {
            Some((index, Side::Client)) if call.name == "connect" => {
                let answer = self.connections.0[index].first(Side::Server, |_| true);
                answer.filter(|_| call.end.is_some()).map_or(end, |it| it.max(end))
            }
            _ => end,
        }
    }
}

/// A call that never returned has no stack. It stands where the thread's last such call stood, if there was one.
fn line_of_the_same_before(
    program: &Program,
    before: &[Call],
    call: &Call,
) -> Option<u32> {
    let is_same = |other: &&Call| {
        other.name == call.name && other.descriptor() == call.descriptor()
    };
    let same = before.iter().rev().find(is_same).filter(|_| call.result.is_none())?;
    program.lines.line(&same.stack)
}
