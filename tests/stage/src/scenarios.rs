//! What is run at each step: which programs, what is typed into which, and what each waits
//! for before the play goes on.
//!
//! The transcript tests play these scenarios, and so does `cargo book record`.
//!
//! A program on the stage is named after its example, with a suffix where it runs twice in a
//! scenario: `00_terminal-first` is the example `00_terminal`. Its transcripts are
//! `tests/transcripts/SCENARIO/NAME.out.txt` and `NAME.err.txt`.

mod part_one;
mod part_two;

use std::sync::LazyLock;

/// One play, for one or more programs.
#[derive(Clone, Copy)]
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

/// Every scenario, in the order of the book.
pub static SCENARIOS: LazyLock<Vec<Scenario>> =
    LazyLock::new(|| [part_one::PART_ONE, part_two::PART_TWO].concat());

/// Those of which there are transcripts alone: a program that is both ends of many connections makes no picture.
const UNRECORDED: &[&str] = &["06_round_trips", "06_traps"];

/// The scenarios that `cargo book record` records.
pub fn recorded() -> impl Iterator<Item = &'static Scenario> {
    SCENARIOS.iter().filter(|scenario| !UNRECORDED.contains(&scenario.name))
}

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
