//! The states that the sockets went through.

use std::collections::HashMap;

use procfs::net::TcpState;

use super::connections::Side;
use super::seen::{TOLERANCE, span};
use super::sockets::Socket;
use super::{Conversation, TimedEvent};
use crate::recording::{self, Kind};
use crate::states::{Change, name};
use crate::tools::Micros;

impl Conversation<'_> {
    /// Adds the changes of each socket's state.
    pub fn add_states(&self, events: &mut Vec<TimedEvent>) {
        for life in lifetimes(&self.seen.changes) {
            let Some(socket) = self.owner(&life) else {
                continue; // another program's on this machine
            };
            let mut before = None;
            for change in &life {
                let Some((at, to)) = self.true_change(change, socket) else {
                    continue;
                };
                let by_the_program = matches!(
                    to,
                    TcpState::Listen
                        | TcpState::SynSent
                        | TcpState::SynRecv
                        | TcpState::FinWait1
                        | TcpState::LastAck
                );
                let shown = recording::State {
                    socket: socket.id.clone(),
                    from: name(before.as_ref().unwrap_or(&change.from)).to_owned(),
                    to: name(&to).to_owned(),
                };
                events.push((at, if by_the_program { 3 } else { 5 }, Kind::State(shown)));
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
        &self,
        change: &Change,
        socket: &Socket,
    ) -> Option<(Micros, TcpState)> {
        let reported = Some((change.at, change.to.clone()));
        let Some((index, side)) = socket.connection else {
            return reported;
        };
        let connection = &self.connections.0[index];
        match change.to {
            TcpState::SynRecv => {
                let answered = connection.first(Side::Server, |segment| segment.syn);
                Some((answered.unwrap_or(change.at).min(change.at), TcpState::SynRecv))
            }
            TcpState::Close => {
                let other = side.other();
                let ends = connection.ends(side);
                let mut table = self.seen.table.iter();
                let found =
                    table.find(|row| (row.local_address, row.remote_address) == ends);
                match found.map(|row| &row.state) {
                    Some(TcpState::TimeWait) => {
                        let fin = connection.first(other, |segment| segment.fin);
                        Some((
                            fin.unwrap_or(change.at).max(change.at),
                            TcpState::TimeWait,
                        ))
                    }
                    Some(TcpState::FinWait2) => None,
                    _ if change.from == TcpState::FinWait2 => {
                        let reset = connection.first(other, |segment| segment.rst);
                        Some((reset.unwrap_or(change.at).max(change.at), TcpState::Close))
                    }
                    _ => reported,
                }
            }
            _ => reported,
        }
    }

    /// Whose life it is. The kernel reports the whole machine's, so it must fit to what was seen here.
    fn owner(&self, life: &[Change]) -> Option<&Socket> {
        let Conversation { seen, connections, sockets, .. } = self;
        let first = life.first()?;
        match first.to {
            TcpState::Listen => sockets.all.iter().find(|socket| {
                socket.listens.is_some_and(|call| span(seen, call).contains(&first.at))
                    && socket.local.is_some_and(|local| local.port() == first.local_port)
            }),
            TcpState::SynRecv => {
                let index = connections.0.iter().rposition(|connection| {
                    connection.client.port() == first.peer_port
                        && connection.server.port() == first.local_port
                        && connection.start <= first.at + TOLERANCE
                })?;
                sockets.find(index, Side::Server)
            }
            TcpState::SynSent => {
                let port = life
                    .iter()
                    .map(|change| change.local_port)
                    .find(|port| *port != 0)?;
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
        if change.to == TcpState::Close {
            current.remove(&change.socket);
        }
        lifetimes[index].push(change);
    }
    lifetimes
}
