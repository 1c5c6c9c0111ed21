//! From chapter 6 on: what the article leaves out.

use super::Action::*;
use super::Scenario;

const QUESTION: &str = "What's your name?";

/// The scenarios of chapter 6, in the order of the book.
pub(super) const PART_TWO: &[Scenario] = &[
    Scenario {
        name: "06_cutter",
        title: "A name is sent in two parts to the server of chapter 5.",
        play: &[
            Serve("05_threaded_server"),
            Await("05_threaded_server", "Waiting"),
            Connect("06_cutter", &[]),
            Await("06_cutter", QUESTION),
            Type("06_cutter", "\n"),
            Await("06_cutter", QUESTION),
            Type("06_cutter", "\n"),
            Await("06_cutter", QUESTION),
            Type("06_cutter", "\n"),
            Ends("06_cutter"),
            Await("05_threaded_server", "is closed\n"),
            Kill("05_threaded_server"),
        ],
    },
    Scenario {
        name: "06_line_server",
        title: "The same two parts are sent to a server that takes lines.",
        play: &[
            Serve("06_line_server"),
            Await("06_line_server", "Waiting"),
            Connect("06_cutter", &[]),
            Await("06_cutter", QUESTION),
            Type("06_cutter", "\n"),
            Await("06_cutter", "sent \"Mich\""),
            Unread("06_line_server", 0),
            Type("06_cutter", "\n"),
            Await("06_cutter", QUESTION),
            Type("06_cutter", "\n"),
            Ends("06_cutter"),
            Await("06_line_server", "is closed\n"),
            Kill("06_line_server"),
        ],
    },
    Scenario {
        name: "06_line_client",
        title: "Both sides speak in lines.",
        play: &[
            Serve("06_line_server"),
            Await("06_line_server", "Waiting"),
            Connect("06_line_client", &[]),
            Ends("06_line_client"),
            Await("06_line_server", "is closed\n"),
            Kill("06_line_server"),
        ],
    },
    Scenario {
        name: "06_length_server",
        title: "Each message begins with its length.",
        play: &[
            Serve("06_length_server"),
            Await("06_length_server", "Waiting"),
            Connect("06_length_client", &[]),
            Ends("06_length_client"),
            Await("06_length_server", "is closed\n"),
            Kill("06_length_server"),
        ],
    },
    Scenario {
        name: "06_framed_server",
        title: "The server on the framing crate takes lines.",
        play: &[
            Serve("06_framed_server"),
            Await("06_framed_server", "Waiting"),
            Connect("06_line_client", &[]),
            Ends("06_line_client"),
            Await("06_framed_server", "is closed\n"),
            Kill("06_framed_server"),
        ],
    },
    Scenario {
        name: "06_full_buffers",
        title: "The client sends to a server that doesn't read, until nothing more fits. Then the server reads.",
        play: &[
            Serve("06_reads_late"),
            Connect("06_full_buffers", &[]),
            Await("06_reads_late", "Press Enter"),
            Await("06_full_buffers", "Waiting in write"),
            Type("06_reads_late", "\n"),
            Ends("06_full_buffers"),
            Ends("06_reads_late"),
        ],
    },
    Scenario {
        name: "06_two_writes",
        title: "The server sends each turn in two small writes.",
        play: &[
            Serve("06_two_writes"),
            Connect("06_line_client", &["Michael"]),
            Ends("06_line_client"),
            Ends("06_two_writes"),
        ],
    },
    Scenario {
        name: "06_round_trips",
        title: "A turn is measured for four ways of sending.",
        play: &[Run("06_round_trips"), Ends("06_round_trips")],
    },
    Scenario {
        name: "06_buffered",
        title: "The line server that reads with BufReader.",
        play: &[
            Serve("06_buffered"),
            Await("06_buffered", "Waiting"),
            Connect("06_line_client", &[]),
            Ends("06_line_client"),
            Await("06_buffered", "is closed\n"),
            Kill("06_buffered"),
        ],
    },
    Scenario {
        name: "06_traps",
        title: "Five traps of buffered reading and writing.",
        play: &[Run("06_traps"), Ends("06_traps")],
    },
];
