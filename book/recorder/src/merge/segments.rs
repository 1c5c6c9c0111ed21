//! Segments, as a recording has them.

use stage::Varying;

use super::TimedEvent;
use super::connections::{Connections, Side};
use super::sockets::Sockets;
use crate::recording::{self, Kind};

/// Longer payloads are cut in the file; `len` tells their length.
const LONGEST_PAYLOAD: usize = 1024;

/// Adds what passed on the wire.
pub fn add_segments(
    events: &mut Vec<TimedEvent>,
    connections: &Connections,
    sockets: &Sockets,
    ports: &Varying,
) {
    for (index, connection) in connections.0.iter().enumerate() {
        for segment in &connection.segments {
            let (from, to) = match connection.sender(segment) {
                Side::Client => (Side::Client, Side::Server),
                Side::Server => (Side::Server, Side::Client),
            };
            let relative = |number: u32, side: Side| {
                number.wrapping_sub(connection.initial[side as usize].unwrap_or(0))
            };
            let flags = [
                ("SYN", segment.syn),
                ("FIN", segment.fin),
                ("RST", segment.rst),
                ("PSH", segment.psh),
                ("ACK", segment.ack.is_some()),
            ];
            let set = flags.iter().filter(|(_, set)| *set);
            let shown = &segment.payload[..segment.payload.len().min(LONGEST_PAYLOAD)];
            let more = if shown.len() < segment.payload.len() { "…" } else { "" };
            let sent = recording::Segment {
                from: sockets.id_of(index, from),
                to: sockets.id_of(index, to),
                flags: set.map(|(name, _)| (*name).to_owned()).collect(),
                // A reset may come from where there is no connection: its numbers are then the answer's alone.
                seq: match connection.initial[from as usize] {
                    Some(_) => relative(segment.seq, from),
                    None => segment.seq,
                },
                ack: segment.ack.map_or(0, |ack| relative(ack, to)),
                len: segment.payload.len(),
                payload: ports
                    .rewrite(&format!("{}{more}", String::from_utf8_lossy(shown))),
            };
            events.push((segment.at, 4, Kind::Segment(sent)));
        }
    }
}
