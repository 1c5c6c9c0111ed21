//! Segments, as a recording has them.

use super::connections::Side;
use super::{Conversation, TimedEvent};
use crate::recording::{self, Kind};
use crate::{strace, wire};

/// Longer payloads are cut in the file; `len` tells their length.
const LONGEST_PAYLOAD: usize = 1024;

/// The windows that one side has announced.
#[derive(Clone, Copy, Default)]
pub(super) struct Windows {
    scale: u8,
    was_closed: bool,
}

impl Windows {
    /// The window of this segment in bytes, if it is closed, or open again.
    pub(super) fn worth_telling(&mut self, segment: &wire::Segment) -> Option<u32> {
        self.scale = segment.window_scale.unwrap_or(self.scale);
        if segment.syn || segment.rst {
            return None; // a reset has no window, and the first isn't scaled
        }
        let was_closed = self.was_closed;
        self.was_closed = segment.window == 0;
        let is_told = was_closed || self.was_closed;
        // At most 14 bits (RFC 7323, section 2.3).
        is_told.then_some(u32::from(segment.window) << self.scale.min(14))
    }
}

impl Conversation<'_> {
    /// Adds what passed on the wire.
    pub fn add_segments(&self, events: &mut Vec<TimedEvent>) {
        let Conversation { connections, sockets, ports, .. } = self;
        for (index, connection) in connections.0.iter().enumerate() {
            let mut windows = [Windows::default(); 2];
            for segment in &connection.segments {
                let from = connection.sender(segment);
                let to = from.other();
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
                let (shown, more) = strace::cut(&segment.payload, LONGEST_PAYLOAD);
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
                    window: windows[from as usize].worth_telling(segment),
                    len: segment.payload.len(),
                    payload: ports.rewrite(&format!("{shown}{more}")),
                };
                events.push((segment.at, 4, Kind::Segment(sent)));
            }
        }
    }
}
