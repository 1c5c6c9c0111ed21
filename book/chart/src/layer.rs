//! How much of a recording is shown: as much as the reader has learned.

use recorder::recording::Kind;

/// Each layer has all of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Who said what: what is typed and printed, and the bytes that go from program to program.
    Talk,
    /// System calls, with the lines that make them.
    Calls,
    /// All segments, with their flags.
    Segments,
    /// The states of the sockets.
    States,
}

impl Layer {
    pub const ALL: [Layer; 4] =
        [Layer::Talk, Layer::Calls, Layer::Segments, Layer::States];

    /// Its name, on pages and in files.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Talk => "talk",
            Layer::Calls => "calls",
            Layer::Segments => "segments",
            Layer::States => "states",
        }
    }

    /// The layer of this name.
    pub fn named(name: &str) -> Option<Layer> {
        Layer::ALL.into_iter().find(|layer| layer.name() == name)
    }

    /// Whether an event shows on it.
    pub fn shows(self, event: &Kind) -> bool {
        let from = match event {
            Kind::Print(_) | Kind::Type(_) | Kind::End(_) => Layer::Talk,
            Kind::Segment(segment) if segment.len > 0 => Layer::Talk,
            Kind::Call(_) => Layer::Calls,
            Kind::Segment(_) => Layer::Segments,
            Kind::State(_) => Layer::States,
        };
        from <= self
    }
}
