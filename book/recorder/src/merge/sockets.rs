//! Sockets, followed through the calls of each program.

use std::collections::HashMap;
use std::net::SocketAddr;

use stage::Varying;

use super::connections::{Connections, Side};
use super::seen::{Place, Seen, calls, span};
use crate::recording;
use crate::strace::Call;
use crate::tools::Micros;

/// A TCP socket of a program.
#[derive(Default)]
pub struct Socket {
    pub program: usize,
    /// When it came to be.
    pub start: Micros,
    pub id: String,
    pub local: Option<SocketAddr>,
    /// The call by which it began to listen.
    pub listens: Option<Place>,
    pub connection: Option<(usize, Side)>,
}

/// All sockets, and which call is about which.
#[derive(Default)]
pub struct Sockets {
    pub all: Vec<Socket>,
    /// Which socket a call was about.
    pub of_call: HashMap<Place, usize>,
    /// Which socket a call brought forth, of those that `accept` returned.
    pub accepted: HashMap<Place, usize>,
}

impl Sockets {
    /// Follows each program's descriptors through its calls, in the order in which these took effect.
    pub fn of(seen: &Seen, connections: &Connections) -> Self {
        let mut sockets = Sockets::default();
        // A call finds its socket when it begins, and brings forth a new one when it ends.
        let mut steps: Vec<(Micros, bool, Place, &Call)> = Vec::new();
        for (place, call) in calls(seen) {
            steps.push((call.at, false, place, call));
            if let Some(end) = call.end {
                steps.push((end, true, place, call));
            }
        }
        steps.sort_by_key(|(at, leaves, place, _)| (*at, *leaves, *place));

        let mut open: HashMap<(usize, i32), usize> = HashMap::new();
        for (at, leaves, place, call) in steps {
            let program = place.0;
            let named = call.descriptor().map(|descriptor| (program, descriptor));
            if !leaves {
                if let Some(socket) = named.and_then(|named| open.get(&named)) {
                    sockets.of_call.insert(place, *socket);
                }
                if call.name == "close"
                    && let Some(named) = named
                {
                    open.remove(&named);
                }
                continue;
            }
            let Some(number) = call.number() else {
                continue;
            };
            let about = sockets.of_call.get(&place).copied();
            match (call.name.as_str(), about) {
                ("socket", _) if is_tcp(call) => {
                    let new = sockets.add(program, at);
                    sockets.of_call.insert(place, new);
                    open.insert((program, number), new);
                }
                ("accept" | "accept4", Some(listener)) => {
                    let new = sockets.add(program, at);
                    if let (Some(local), Some(peer)) =
                        (sockets.all[listener].local, call.address())
                    {
                        sockets.all[new].local = Some(local);
                        let end = *span(seen, place).end();
                        let connection = connections.between(peer, local, end);
                        sockets.all[new].connection =
                            connection.map(|c| (c, Side::Server));
                    }
                    sockets.accepted.insert(place, new);
                    open.insert((program, number), new);
                }
                ("dup" | "dup2" | "dup3", Some(same)) => {
                    open.insert((program, number), same);
                }
                ("fcntl", Some(same)) if duplicates(call) => {
                    open.insert((program, number), same);
                }
                ("bind", Some(socket)) => sockets.all[socket].local = call.address(),
                ("getsockname", Some(socket)) => {
                    sockets.all[socket].local =
                        call.address().or(sockets.all[socket].local);
                }
                ("listen", Some(socket)) => sockets.all[socket].listens = Some(place),
                _ => {}
            }
        }
        sockets.find_connections(seen, connections);
        sockets.add_unaccepted(seen, connections);
        sockets.all_start_with_their_connection(connections);
        sockets
    }

    fn add(&mut self, program: usize, start: Micros) -> usize {
        self.all.push(Socket { program, start, ..Socket::default() });
        self.all.len() - 1
    }

    /// Which connection each `connect` opened: the one whose SYN passed while the call lasted. Where several connect at
    /// the same time, `getsockname` tells, if the program calls it; failing that, their order.
    fn find_connections(&mut self, seen: &Seen, connections: &Connections) {
        let mut connects: Vec<_> =
            calls(seen).filter(|(_, call)| call.name == "connect").collect();
        connects.sort_by_key(|(_, call)| call.at);
        for (place, call) in connects {
            let (Some(&socket), Some(server)) =
                (self.of_call.get(&place), call.address())
            else {
                continue;
            };
            let span = span(seen, place);
            let local = self.all[socket].local;
            let found =
                connections.0.iter().enumerate().position(|(index, connection)| {
                    connection.server == server
                        && span.contains(&connection.start)
                        && local.is_none_or(|local| local == connection.client)
                        && self.find(index, Side::Client).is_none()
                });
            if let Some(found) = found {
                self.all[socket].connection = Some((found, Side::Client));
            }
        }
    }

    /// The kernel shakes hands for a listener: such a connection has a socket there before anyone accepts it.
    fn add_unaccepted(&mut self, seen: &Seen, connections: &Connections) {
        for (index, connection) in connections.0.iter().enumerate() {
            if !connection.has_server() || self.find(index, Side::Server).is_some() {
                continue;
            }
            let listener = self.all.iter().rfind(|socket| {
                socket.local.is_some_and(|local| local.port() == connection.server.port())
                    && socket
                        .listens
                        .is_some_and(|call| *span(seen, call).start() <= connection.start)
            });
            if let Some(program) = listener.map(|listener| listener.program) {
                let new = self.add(program, connection.start);
                self.all[new].local = Some(connection.server);
                self.all[new].connection = Some((index, Side::Server));
            }
        }
    }

    fn all_start_with_their_connection(&mut self, connections: &Connections) {
        for socket in &mut self.all {
            if let Some((index, Side::Server)) = socket.connection {
                socket.start = connections.0[index].start;
            }
        }
    }

    pub fn find(&self, connection: usize, side: Side) -> Option<&Socket> {
        self.all.iter().find(|socket| socket.connection == Some((connection, side)))
    }

    pub fn id_of(&self, connection: usize, side: Side) -> Option<String> {
        self.find(connection, side).map(|socket| socket.id.clone())
    }

    /// Gives each its id: `PROGRAM/listener`, `PROGRAM/CLIENT'S PORT`, or `PROGRAM/socket`, with a number from the
    /// second on.
    pub fn name(&mut self, seen: &Seen, connections: &Connections, ports: &Varying) {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by_key(|index| self.all[*index].start);
        for index in order {
            let socket = &self.all[index];
            let program = &seen.programs[socket.program].listed.id;
            let role = match (socket.listens, socket.connection) {
                (Some(_), _) => "listener".to_owned(),
                (None, Some((connection, _))) => {
                    ports.written(connections.0[connection].client.port()).to_string()
                }
                (None, None) => "socket".to_owned(),
            };
            let mut id = format!("{program}/{role}");
            let mut count = 1;
            while self.all.iter().any(|other| other.id == id) {
                count += 1;
                id = format!("{program}/{role}-{count}");
            }
            self.all[index].id = id;
        }
    }

    pub fn listed(
        &self,
        seen: &Seen,
        connections: &Connections,
        ports: &Varying,
    ) -> Vec<recording::Socket> {
        let mut order: Vec<&Socket> = self.all.iter().collect();
        order.sort_by_key(|socket| socket.start);
        let written = |address: SocketAddr| ports.rewrite(&address.to_string());
        order
            .into_iter()
            .map(|socket| {
                let ends = socket
                    .connection
                    .map(|(index, side)| connections.0[index].ends(side));
                recording::Socket {
                    id: socket.id.clone(),
                    program: seen.programs[socket.program].listed.id.clone(),
                    local: ends.map(|(local, _)| local).or(socket.local).map(written),
                    peer: ends.map(|(_, peer)| peer).map(written),
                }
            })
            .collect()
    }
}

fn is_tcp(call: &Call) -> bool {
    let argument = |index: usize| call.arguments.get(index).map_or("", String::as_str);
    matches!(argument(0), "AF_INET" | "AF_INET6")
        && argument(1).starts_with("SOCK_STREAM")
}

pub fn duplicates(call: &Call) -> bool {
    call.arguments.get(1).is_some_and(|command| command.starts_with("F_DUPFD"))
}
