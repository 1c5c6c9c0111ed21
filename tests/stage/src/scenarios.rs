//! What is run at each step: which programs, what is typed into which, and what each waits
//! for before the play goes on.
//!
//! The transcript tests play these scenarios, and so does `cargo book record`.
//!
//! A program on the stage is named after its example, with a suffix where it runs twice in a
//! scenario: `00_terminal-first` is the example `00_terminal`. Its transcripts are
//! `tests/transcripts/SCENARIO/NAME.out.txt` and `NAME.err.txt`.

/// One play, for one or more programs.
pub struct Scenario {
    /// The step, and a suffix where a step has several scenarios; on chapter 5's page on what can go
    /// wrong, the chapter's number and what happens. The recording is
    /// `NAME.json` beside the chapter's pages.
    pub name: &'static str,
    /// One sentence for the reader: what is going to happen.
    pub title: &'static str,
    /// In order; each action ends before the next begins.
    pub play: &'static [Action],
}

/// One thing that happens on the stage. The first field names the program.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// Starts a program that takes no address.
    Run(&'static str),
    /// Starts a server, with the address to listen on as its argument, and waits until it
    /// says which address it has got.
    Serve(&'static str),
    /// Starts a program with the address of the server that was started last, and these
    /// further arguments.
    Connect(&'static str, &'static [&'static str]),
    /// Waits until the program has printed this text, after whatever was awaited of it
    /// before.
    Await(&'static str, &'static str),
    /// Waits until this many bytes lie unread in the receive buffers of the program's
    /// connections, accepted or not. Linux only: elsewhere it does not wait.
    Unread(&'static str, usize),
    /// Waits until the program's `connect` waits for an answer of the server's. Linux only:
    /// elsewhere it does not wait.
    Connecting(&'static str),
    /// Types this on the program's standard input.
    Type(&'static str, &'static str),
    /// Ends the program's standard input, as Ctrl-D does.
    EndInput(&'static str),
    /// Waits until the program has ended by itself, with success.
    Ends(&'static str),
    /// Waits until the program has ended by itself, with exit status 1.
    Fails(&'static str),
    /// Ends a program that would go on without end, or one that vanishes in the middle of a
    /// conversation (`SIGKILL`).
    Kill(&'static str),
}

use Action::*;

const QUESTION: &str = "What's your name?";

/// Every scenario, in the order of the book.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "00_terminal",
        title: "You talk by hand with the server of chapter 5.",
        play: &[
            Serve("05_threaded_server"),
            Connect("00_terminal", &[]),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "Michael\n"),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "exit\n"),
            Ends("00_terminal"),
            Await("05_threaded_server", "is closed\n"),
            Kill("05_threaded_server"),
        ],
    },
    Scenario {
        name: "01_create_socket",
        title: "Three sockets are created and closed.",
        play: &[Run("01_create_socket"), Ends("01_create_socket")],
    },
    Scenario {
        name: "02_bind",
        title: "A client meets a socket that is bound, and nothing more.",
        play: &[
            Serve("02_bind"),
            Await("02_bind", "Press Enter"),
            Connect("00_terminal", &[]),
            Fails("00_terminal"),
            Type("02_bind", "\n"),
            Ends("02_bind"),
        ],
    },
    Scenario {
        name: "02_listen",
        title: "A client connects and talks, although nobody has called accept.",
        play: &[
            Serve("02_listen"),
            Await("02_listen", "Press Enter"),
            Connect("00_terminal", &[]),
            Await("00_terminal", "connected to"),
            Type("00_terminal", "Is anybody there?\n"),
            Unread("02_listen", 18),
            Type("02_listen", "\n"),
            Ends("02_listen"),
            Fails("00_terminal"),
        ],
    },
    Scenario {
        name: "02_listen_busy",
        title: "A second server wants the port that the first one has.",
        play: &[
            Serve("02_listen-first"),
            Await("02_listen-first", "Press Enter"),
            Connect("02_listen-second", &[]),
            Fails("02_listen-second"),
            Type("02_listen-first", "\n"),
            Ends("02_listen-first"),
        ],
    },
    Scenario {
        name: "03_accept",
        title: "The server accepts one client, and hangs up.",
        play: &[
            Serve("03_accept"),
            Await("03_accept", "Waiting"),
            Connect("00_terminal", &[]),
            Ends("00_terminal"),
            Ends("03_accept"),
        ],
    },
    Scenario {
        name: "03_accept_late",
        title: "Seven clients connect, and the accept queue has room for six.",
        play: &[
            Serve("03_accept_late"),
            Await("03_accept_late", "Press Enter"),
            Connect("02_many_clients", &[]),
            Await("02_many_clients", "Client 6"),
            Connecting("02_many_clients"),
            Type("03_accept_late", "\n"),
            Await("03_accept_late", "Press Enter"),
            Await("02_many_clients", "Press Enter"),
            Type("02_many_clients", "\n"),
            Ends("02_many_clients"),
            Type("03_accept_late", "\n"),
            Ends("03_accept_late"),
        ],
    },
    Scenario {
        name: "03_talk",
        title: "The server greets one client, and hangs up.",
        play: &[
            Serve("03_talk"),
            Await("03_talk", "Waiting"),
            Connect("00_terminal", &[]),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "Michael\n"),
            Ends("00_terminal"),
            Ends("03_talk"),
        ],
    },
    Scenario {
        name: "03_browser",
        title: "You are the browser, and ask for a page by hand.",
        play: &[
            Serve("03_browser"),
            Connect("00_terminal", &[]),
            Await("00_terminal", "connected to"),
            Type("00_terminal", "GET / HTTP/1.0\n"),
            Ends("00_terminal"),
            Ends("03_browser"),
        ],
    },
    Scenario {
        name: "03_close",
        title: "The server talks with one client until it says exit, then waits for the next.",
        play: &[
            Serve("03_close"),
            Await("03_close", "Waiting"),
            Connect("00_terminal", &[]),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "Michael\n"),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "Tracy\n"),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "exit\n"),
            Ends("00_terminal"),
            Await("03_close", "is closed\nWaiting"),
            Kill("03_close"),
        ],
    },
    Scenario {
        name: "03_close_queue",
        title: "A second client waits in the queue while the server talks with the first.",
        play: &[
            Serve("03_close"),
            Await("03_close", "Waiting"),
            Connect("00_terminal-first", &[]),
            Await("00_terminal-first", QUESTION),
            Connect("00_terminal-second", &[]),
            Await("00_terminal-second", "connected to"),
            Type("00_terminal-second", "Tracy\n"),
            Unread("03_close", 6),
            Type("00_terminal-first", "Michael\n"),
            Await("00_terminal-first", QUESTION),
            Type("00_terminal-first", "exit\n"),
            Ends("00_terminal-first"),
            Await("00_terminal-second", QUESTION),
            Await("00_terminal-second", QUESTION),
            Type("00_terminal-second", "exit\n"),
            Ends("00_terminal-second"),
            Await("03_close", "is closed\nWaiting"),
            Await("03_close", "is closed\nWaiting"),
            Kill("03_close"),
        ],
    },
    Scenario {
        name: "04_connect",
        title: "The client connects to a server that never accepts, and closes first.",
        play: &[
            Serve("02_listen"),
            Await("02_listen", "Press Enter"),
            Connect("04_connect", &[]),
            Await("04_connect", "Press Enter"),
            Type("04_connect", "\n"),
            Ends("04_connect"),
            Type("02_listen", "\n"),
            Ends("02_listen"),
        ],
    },
    Scenario {
        name: "04_connect_refused",
        title: "The client connects to a port at which nobody listens.",
        play: &[
            Serve("02_bind"),
            Await("02_bind", "Press Enter"),
            Connect("04_connect", &[]),
            Fails("04_connect"),
            Type("02_bind", "\n"),
            Ends("02_bind"),
        ],
    },
    Scenario {
        name: "04_send",
        title: "The client sends 16 bytes to a server that never accepts.",
        play: &[
            Serve("02_listen"),
            Await("02_listen", "Press Enter"),
            Connect("04_send", &[]),
            Await("04_send", "Press Enter"),
            Unread("02_listen", 16),
            Type("04_send", "\n"),
            Ends("04_send"),
            Type("02_listen", "\n"),
            Ends("02_listen"),
        ],
    },
    Scenario {
        name: "04_recv_loop",
        title: "The client receives, piece by piece, until the server has closed.",
        play: &[
            Serve("03_talk"),
            Await("03_talk", "Waiting"),
            Connect("04_recv_loop", &[]),
            Ends("04_recv_loop"),
            Ends("03_talk"),
        ],
    },
    Scenario {
        name: "04_close",
        title: "The whole client talks with the whole one-client server.",
        play: &[
            Serve("03_close"),
            Await("03_close", "Waiting"),
            Connect("04_close", &[]),
            Ends("04_close"),
            Await("03_close", "is closed\nWaiting"),
            Kill("03_close"),
        ],
    },
    Scenario {
        name: "05_scripted_client",
        title: "The scripted client gives three names and leaves.",
        play: &[
            Serve("05_threaded_server"),
            Await("05_threaded_server", "Waiting"),
            Connect("05_scripted_client", &[]),
            Ends("05_scripted_client"),
            Await("05_threaded_server", "is closed\n"),
            Kill("05_threaded_server"),
        ],
    },
    Scenario {
        name: "05_threaded_server_two_clients",
        title: "Two clients talk at once, each with a thread of its own.",
        play: &[
            Serve("05_threaded_server"),
            Await("05_threaded_server", "Waiting"),
            Connect("00_terminal-michael", &[]),
            Await("00_terminal-michael", QUESTION),
            Connect("00_terminal-tracy", &[]),
            Await("00_terminal-tracy", QUESTION),
            Type("00_terminal-tracy", "Tracy\n"),
            Await("00_terminal-tracy", QUESTION),
            Type("00_terminal-michael", "Michael\n"),
            Await("00_terminal-michael", QUESTION),
            Type("00_terminal-tracy", "exit\n"),
            Ends("00_terminal-tracy"),
            Await("05_threaded_server", "is closed\n"),
            Type("00_terminal-michael", "exit\n"),
            Ends("00_terminal-michael"),
            Await("05_threaded_server", "is closed\n"),
            Kill("05_threaded_server"),
        ],
    },
    Scenario {
        name: "05_client_leaves",
        title: "The client finishes without exit.",
        play: &[
            Serve("05_threaded_server"),
            Await("05_threaded_server", "Waiting"),
            Connect("00_terminal", &[]),
            Await("00_terminal", QUESTION),
            EndInput("00_terminal"),
            Ends("00_terminal"),
            Await("05_threaded_server", "is closed\n"),
            Kill("05_threaded_server"),
        ],
    },
    Scenario {
        name: "05_client_resets",
        title: "The client closes with bytes unread.",
        play: &[
            Serve("05_threaded_server"),
            Await("05_threaded_server", "Waiting"),
            Connect("04_send", &[]),
            Await("04_send", "Press Enter"),
            // Welcome and question, 42 bytes; greeting and question, 57.
            Unread("04_send", 99),
            Type("04_send", "\n"),
            Ends("04_send"),
            Await("05_threaded_server", "is closed\n"),
            Kill("05_threaded_server"),
        ],
    },
    Scenario {
        name: "05_name_in_two_pieces",
        title: "A name comes in two pieces, and the server greets two people.",
        play: &[
            Serve("05_threaded_server"),
            Await("05_threaded_server", "Waiting"),
            Connect("00_terminal", &[]),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "Mich"),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "ael\n"),
            Await("00_terminal", QUESTION),
            Type("00_terminal", "exit\n"),
            Ends("00_terminal"),
            Await("05_threaded_server", "is closed\n"),
            Kill("05_threaded_server"),
        ],
    },
    Scenario {
        name: "05_server_vanishes",
        title: "The server is killed in the middle of the talk.",
        play: &[
            Serve("05_threaded_server"),
            Await("05_threaded_server", "Waiting"),
            Connect("00_terminal", &[]),
            Await("00_terminal", QUESTION),
            Kill("05_threaded_server"),
            Ends("00_terminal"),
        ],
    },
];

impl Scenario {
    /// The names of its programs, in the order in which they are started.
    pub fn programs(&self) -> impl Iterator<Item = &'static str> {
        self.play.iter().filter_map(|action| match *action {
            Action::Run(name) | Action::Serve(name) | Action::Connect(name, _) => {
                Some(name)
            }
            _ => None,
        })
    }
}

/// The example that a program is run from: the program's name, without a scenario's suffix.
pub fn example(name: &str) -> &str {
    name.split_once('-').map_or(name, |(example, _)| example)
}
