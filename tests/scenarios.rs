//! What is run at each step: which programs, what is typed into which, and what each waits for before the play goes on.
//!
//! The transcript tests play these scenarios, and so does `cargo book record`, which includes this very file.
//!
//! A program on the stage is named after its example, with a suffix where that alone would not do:
//! `00_terminal-02_listen` is the example `00_terminal`. Its transcript is `tests/transcripts/NAME.txt`, so a name belongs
//! to one scenario only.

/// One play, for one or more programs.
pub struct Scenario {
    /// The step, and a suffix where a step has several scenarios. The recording is `chapters/recordings/NAME.json`.
    pub name: &'static str,
    /// One sentence for the reader: what is going to happen.
    pub title: &'static str,
    /// In order; each action ends before the next begins.
    pub play: &'static [Action],
}

/// One thing that happens on the stage. The first field names the program.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// Starts a program that listens, with the address to listen on as its argument, and waits until it says
    /// `listening on ADDRESS`.
    Serve(&'static str),
    /// Starts a client of the server that was started last, with that server's address and these further arguments.
    Connect(&'static str, &'static [&'static str]),
    /// Starts a program that does not listen, with an address of its own, any free port, as its argument.
    Run(&'static str),
    /// Waits until the program has printed this text, after whatever was awaited of it before.
    Await(&'static str, &'static str),
    /// Waits until this many bytes lie unread in the receive buffer of the program's connection. Linux only.
    Unread(&'static str, usize),
    /// Types this on the program's standard input.
    Type(&'static str, &'static str),
    /// Ends the program's standard input, as Ctrl-D does.
    EndInput(&'static str),
    /// Waits until the program has ended by itself, with success.
    Ends(&'static str),
    /// Ends a program that would go on for ever, or one that vanishes in the middle of a conversation (`SIGKILL`).
    Kill(&'static str),
}

use Action::*;

/// Every scenario, in the order of the book.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "05_threaded_server",
        title: "The scripted client gives three names and leaves.",
        play: &[
            Serve("05_threaded_server"),
            Connect("05_scripted_client", &[]),
            Ends("05_scripted_client"),
            Await("05_threaded_server", "is closed\n"),
            Kill("05_threaded_server"),
        ],
    },
];
