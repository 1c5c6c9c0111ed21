//! The states that the sockets went through.

use std::collections::HashMap;

use super::TimedEvent;
use super::connections::{Connections, Side};
use super::seen::{Seen, TOLERANCE, span};
use super::sockets::{Socket, Sockets};
use crate::Micros;
use crate::recording::{self, Kind};
use crate::states::{Change, State};

/// Adds them.
pub fn add_states(
    events: &mut Vec<TimedEvent>,
    seen: &Seen,
    connections: &Connections,
    sockets: &Sockets,
) {
    for life in lifetimes(&seen.changes) {
        let Some(socket) = owner(&life, seen, connections, sockets) else {
            continue; // another program's on this machine
        };
        let mut add = |at: Micros, from: State, to: State| {
            let by_the_program = matches!(
                to,
                State::Listen
                    | State::SynSent
                    | State::SynReceived
                    | State::FinWait1
                    | State::LastAck
            );
            let change = recording::State {
                socket: socket.id.clone(),
                from: from.name().to_owned(),
                to: to.name().to_owned(),
            };
            events.push((at, if by_the_program { 3 } else { 5 }, Kind::State(change)));
        };
        let mut before = None;
        for change in life {
            let from = before.unwrap_or(change.from);
            let Some((at, to)) = true_change(&change, socket, seen, connections) else {
                continue;
            };
            add(at, from, to);
            before = Some(to);
        }
    }
}

/// When a change came about, and to which state, where the kernel's report says it otherwise. None: not at all.
///
/// - Between SYN and ACK the kernel keeps a small request in place of a socket, and reports the state only when it makes
///   the socket of it, at the ACK. The state began with the SYN,ACK.
/// - A socket that waits only for the other side's FIN, or for TIME-WAIT to pass, is replaced by a small stand-in, and
///   reported as closed. What became of it stands in the table of connections.
fn true_change(
    change: &Change,
    socket: &Socket,
    seen: &Seen,
    connections: &Connections,
) -> Option<(Micros, State)> {
    let reported = Some((change.at, change.to));
    let Some((index, side)) = socket.connection else {
        return reported;
    };
    let connection = &connections.0[index];
    match change.to {
        State::SynReceived => {
            let answered = connection.first(Side::Server, |segment| segment.syn);
            Some((answered.unwrap_or(change.at).min(change.at), change.to))
        }
        State::Closed => {
            let other = match side {
                Side::Client => Side::Server,
                Side::Server => Side::Client,
            };
            let (local, peer) = connection.ends(side);
            let found = seen.table.iter().find(|row| row.0 == local && row.1 == peer);
            match found.map(|row| row.2) {
                Some(State::TimeWait) => {
                    let fin = connection.first(other, |segment| segment.fin);
                    Some((fin.unwrap_or(change.at).max(change.at), State::TimeWait))
                }
                Some(State::FinWait2) => None,
                _ if change.from == State::FinWait2 => {
                    let reset = connection.first(other, |segment| segment.rst);
                    Some((reset.unwrap_or(change.at).max(change.at), State::Closed))
                }
                _ => reported,
            }
        }
        _ => reported,
    }
}

/// The changes of each socket. The kernel's name for it is free again once it is closed.
fn lifetimes(changes: &[Change]) -> Vec<Vec<Change>> {
    let mut changes = changes.to_vec();
    changes.sort_by_key(|change| change.at);
    let mut lifetimes: Vec<Vec<Change>> = Vec::new();
    let mut current: HashMap<u64, usize> = HashMap::new();
    for change in changes {
        let index = *current.entry(change.socket).or_insert_with(|| {
            lifetimes.push(Vec::new());
            lifetimes.len() - 1
        });
        if change.to == State::Closed {
            current.remove(&change.socket);
        }
        lifetimes[index].push(change);
    }
    lifetimes
}

/// Whose life it is. The kernel reports the whole machine's, so it must fit to what was seen here.
fn owner<'s>(
    life: &[Change],
    seen: &Seen,
    connections: &Connections,
    sockets: &'s Sockets,
) -> Option<&'s Socket> {
    let first = life.first()?;
    match first.to {
        State::Listen => sockets.all.iter().find(|socket| {
            socket.listens.is_some_and(|call| span(seen, call).contains(&first.at))
                && socket.local.is_some_and(|local| local.port() == first.local_port)
        }),
        State::SynReceived => {
            let index = connections.0.iter().rposition(|connection| {
                connection.client.port() == first.peer_port
                    && connection.server.port() == first.local_port
                    && connection.start <= first.at + TOLERANCE
            })?;
            sockets.find(index, Side::Server)
        }
        State::SynSent => {
            let port =
                life.iter().map(|change| change.local_port).find(|port| *port != 0)?;
            let end = life.last()?.at;
            let index = connections.0.iter().rposition(|connection| {
                connection.client.port() == port
                    && connection.server.port() == first.peer_port
                    && connection.start <= end + TOLERANCE
                    && connection.start + TOLERANCE >= first.at
            })?;
            sockets.find(index, Side::Client)
        }
        _ => None,
    }
}
