//! Connections, found in the segments on the wire.

use std::net::SocketAddr;

use super::seen::TOLERANCE;
use crate::tools::Micros;
use crate::wire::Segment;

/// A TCP connection, by its segments.
pub struct Connection {
    pub client: SocketAddr,
    pub server: SocketAddr,
    /// When the first SYN passed.
    pub start: Micros,
    /// The initial sequence numbers of the client and of the server.
    pub initial: [Option<u32>; 2],
    pub segments: Vec<Segment>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    Client,
    Server,
}

impl Side {
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

impl Connection {
    pub fn sender(&self, segment: &Segment) -> Side {
        if segment.from == self.client { Side::Client } else { Side::Server }
    }

    /// When the first segment from this side passed that is as wanted.
    pub fn first(&self, side: Side, wanted: impl Fn(&Segment) -> bool) -> Option<Micros> {
        let mut sent = self.segments.iter().filter(|it| self.sender(it) == side);
        sent.find(|segment| wanted(segment)).map(|segment| segment.at)
    }

    /// Whether anybody answered to the SYN with a SYN.
    pub fn has_server(&self) -> bool {
        self.first(Side::Server, |segment| segment.syn).is_some()
    }

    pub fn ends(&self, side: Side) -> (SocketAddr, SocketAddr) {
        match side {
            Side::Client => (self.client, self.server),
            Side::Server => (self.server, self.client),
        }
    }
}

/// All connections, in the order in which they were opened.
pub struct Connections(pub Vec<Connection>);

impl Connections {
    pub fn of(segments: &[Segment]) -> Self {
        let mut connections: Vec<Connection> = Vec::new();
        for segment in segments {
            let known = connections.iter().rposition(|connection| {
                let ends = (connection.client, connection.server);
                ends == (segment.from, segment.to) || ends == (segment.to, segment.from)
            });
            let opens = segment.syn && segment.ack.is_none();
            let index = match known {
                Some(known)
                    if !opens || connections[known].initial[0] == Some(segment.seq) =>
                {
                    known
                }
                _ if opens => {
                    connections.push(Connection {
                        client: segment.from,
                        server: segment.to,
                        start: segment.at,
                        initial: [None, None],
                        segments: Vec::new(),
                    });
                    connections.len() - 1
                }
                _ => continue, // of a connection that was there before the recording began
            };
            let connection = &mut connections[index];
            if segment.syn {
                let side = connection.sender(segment) as usize;
                connection.initial[side] = Some(segment.seq);
            }
            connection.segments.push(segment.clone());
        }
        Connections(connections)
    }

    /// The connection between these two that was opened last before that moment.
    pub fn between(
        &self,
        client: SocketAddr,
        server: SocketAddr,
        before: Micros,
    ) -> Option<usize> {
        self.0.iter().rposition(|connection| {
            connection.client == client
                && connection.server == server
                && connection.start <= before + TOLERANCE
        })
    }
}
