//! A recording as data, and as the file that it is kept in: `SCENARIO.json` in the folder of its chapter.
//!
//! `cargo book record` writes it, the chart shows it. `README.md` of this crate tells how it comes about and what is left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Error, Result, ensure};
use serde::{Deserialize, Serialize};
pub use stage::scenarios::example;

/// The version of the schema.
pub const SCHEMA: u32 = 1;

/// What a program printed in one go, and whether on standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    pub on_stderr: bool,
    pub text: String,
}

#[derive(Serialize, Deserialize)]
pub struct Recording {
    pub schema: u32,
    /// The scenario's.
    pub name: String,
    /// The scenario's: what happens, in one sentence.
    pub title: String,
    pub recorded: Environment,
    /// In the order of start.
    pub programs: Vec<Program>,
    /// In the order in which they came to be.
    pub sockets: Vec<Socket>,
    /// In the order of time.
    pub events: Vec<Event>,
}

/// When it was recorded, and the versions of all that took part.
#[derive(Serialize, Deserialize)]
pub struct Environment {
    /// Year, month and day in UTC: `2026-01-31`.
    pub date: String,
    pub kernel: String,
    pub rustc: String,
    pub strace: String,
    pub tcpdump: String,
}

#[derive(Serialize, Deserialize)]
pub struct Program {
    /// The scenario's name of it.
    pub id: String,
    /// Its source is `examples/EXAMPLE.rs`.
    pub example: String,
    pub args: Vec<String>,
    /// `server`, `client`, or `program` if it is neither.
    pub role: String,
}

/// A TCP socket.
#[derive(Serialize, Deserialize)]
pub struct Socket {
    /// `PROGRAM/listener`, `PROGRAM/CLIENT'S PORT` or `PROGRAM/socket`, and `-2`, `-3` … where that is taken.
    pub id: String,
    /// The program's id.
    pub program: String,
    /// Its own address, if it ever had one.
    pub local: Option<String>,
    /// The other side's address, if it ever had one.
    pub peer: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub struct Event {
    /// Microseconds since the first event.
    pub t: u64,
    #[serde(flatten)]
    pub kind: Kind,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Kind {
    Call(Call),
    Print(Print),
    Type(Type),
    Segment(Segment),
    State(State),
    End(End),
}

/// A system call that concerns a socket or standard input.
#[derive(Serialize, Deserialize)]
pub struct Call {
    pub program: String,
    /// 1 is the main thread; then in the order in which they were started.
    pub thread: usize,
    /// The line of the example that made it, from 1 on, if that is known.
    pub line: Option<u32>,
    /// Its name.
    pub call: String,
    /// As strace writes them, shortened.
    pub args: String,
    /// As strace writes it. None if the call never returned.
    pub result: Option<String>,
    /// When it ended: microseconds since the first event.
    pub end: u64,
    /// The socket that it was about.
    pub socket: Option<String>,
    /// The socket that it brought forth, if it is an `accept` that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// A program prints.
#[derive(Serialize, Deserialize)]
pub struct Print {
    pub program: String,
    pub thread: usize,
    pub line: Option<u32>,
    /// `stdout` or `stderr`.
    pub stream: String,
    pub text: String,
}

/// Something is typed into a program.
#[derive(Serialize, Deserialize)]
pub struct Type {
    pub program: String,
    /// Empty where the input ends.
    pub text: String,
}

/// A segment passes on the wire.
#[derive(Serialize, Deserialize)]
pub struct Segment {
    /// The socket that sent it. None if none did: nobody listens there.
    pub from: Option<String>,
    /// The socket that it is for, if there is one.
    pub to: Option<String>,
    /// Some of `SYN`, `FIN`, `RST`, `PSH`, `ACK`, in this order.
    pub flags: Vec<String>,
    /// Bytes since the sender's initial sequence number.
    pub seq: u32,
    /// Bytes since the other side's initial sequence number; 0 without the flag.
    pub ack: u32,
    /// How many bytes its sender has room for: if that is 0, and in the next segment, with which it has room again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    /// Of the payload, in bytes.
    pub len: usize,
    /// The payload's beginning, and `…` if there is more.
    pub payload: String,
}

/// A socket changes its state. The states' names are those of RFC 9293.
#[derive(Serialize, Deserialize)]
pub struct State {
    pub socket: String,
    pub from: String,
    pub to: String,
}

/// A program ends.
#[derive(Serialize, Deserialize)]
pub struct End {
    pub program: String,
    /// `exit STATUS`, or `killed`.
    pub how: String,
}

/// Where the recording of a scenario is, as seen from the repository's root: in the folder of its chapter, which
/// begins with the same number.
pub fn path(scenario: &str, root: &Path) -> Result<String> {
    let number = |name: &str| name.split('_').next().map(str::to_owned);
    let entries = fs::read_dir(root.join("chapters")).context("can't list chapters/")?;
    let folders = entries.flatten().filter(|entry| entry.path().is_dir());
    let mut names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let folder = names
        .find(|name| number(name) == number(scenario))
        .with_context(|| format!("chapters/ has no folder for {scenario}"))?;
    Ok(format!("chapters/{folder}/{scenario}.json"))
}

impl Recording {
    /// Reads the recording of a scenario.
    pub fn read(scenario: &str, root: &Path) -> Result<Self> {
        let path = path(scenario, root)?;
        let json = fs::read_to_string(root.join(&path)).map_err(Error::from);
        json.and_then(|json| Self::from_json(&json)).with_context(|| {
            format!("can't read {path} (`cargo book record {scenario}` makes it)")
        })
    }

    /// Fails if it is of another version, or does not agree with itself.
    pub fn from_json(json: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let Version { schema } =
            serde_json::from_str(json).context("it isn't a recording")?;
        ensure!(schema == SCHEMA, "its schema is {schema}, not {SCHEMA}");
        let recording: Self =
            serde_json::from_str(json).context("it does not follow the schema")?;
        recording.check()?;
        Ok(recording)
    }

    /// One line for each program, socket and event, so that a difference between two recordings can be read.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))] // there is no recorder
    pub fn to_json(&self) -> Result<String> {
        let mut json = String::from("{\n");
        let mut field = |name: &str, value: String| {
            let comma = if name == "events" { "" } else { "," };
            json += &format!("\"{name}\": {value}{comma}\n");
        };
        field("schema", serde_json::to_string(&self.schema)?);
        field("name", serde_json::to_string(&self.name)?);
        field("title", serde_json::to_string(&self.title)?);
        field("recorded", serde_json::to_string(&self.recorded)?);
        field("programs", one_a_line(&self.programs)?);
        field("sockets", one_a_line(&self.sockets)?);
        field("events", one_a_line(&self.events)?);
        Ok(json + "}\n")
    }

    /// Fails if an event names a program or a socket that is not listed.
    fn check(&self) -> Result<()> {
        let programs: BTreeSet<_> = self.programs.iter().map(|it| &*it.id).collect();
        let sockets: BTreeSet<_> = self.sockets.iter().map(|it| &*it.id).collect();
        for socket in &self.sockets {
            ensure!(
                programs.contains(&*socket.program),
                "socket {} is of no program",
                socket.id
            );
        }
        for event in &self.events {
            let (program, named): (_, Vec<&String>) = match &event.kind {
                Kind::Call(it) => {
                    (Some(&it.program), it.socket.iter().chain(&it.accepted).collect())
                }
                Kind::Print(it) => (Some(&it.program), vec![]),
                Kind::Type(it) => (Some(&it.program), vec![]),
                Kind::End(it) => (Some(&it.program), vec![]),
                Kind::State(it) => (None, vec![&it.socket]),
                Kind::Segment(it) => (None, it.from.iter().chain(&it.to).collect()),
            };
            if let Some(program) = program {
                ensure!(programs.contains(&**program), "no program is named {program}");
            }
            for socket in named {
                ensure!(sockets.contains(&**socket), "no socket is named {socket}");
            }
        }
        Ok(())
    }

    /// The programs' names.
    pub fn names(&self) -> Vec<&str> {
        self.programs.iter().map(|it| &*it.id).collect()
    }

    /// What a program is called in this recording.
    pub fn label(&self, program: &str) -> String {
        label(program, &self.names())
    }

    /// The index of a program.
    pub fn program(&self, id: &str) -> usize {
        let found = self.programs.iter().position(|it| it.id == id);
        found.unwrap_or_default()
    }

    /// The index of a socket.
    pub fn socket(&self, id: &str) -> usize {
        let found = self.sockets.iter().position(|it| it.id == id);
        found.unwrap_or_default()
    }

    /// The examples that the programs are run from, each once, in the order of start.
    pub fn examples(&self) -> Vec<&str> {
        let mut examples: Vec<&str> = Vec::new();
        for program in &self.programs {
            if !examples.contains(&&*program.example) {
                examples.push(&program.example);
            }
        }
        examples
    }

    /// All that a program printed, in order; what was typed shows on standard output, as on a terminal.
    pub fn printed(&self, program: &str) -> Vec<Printed> {
        let mut printed: Vec<Printed> = Vec::new();
        for event in &self.events {
            let (on_stderr, text) = match &event.kind {
                Kind::Print(it) if it.program == program => {
                    (it.stream == "stderr", &it.text)
                }
                Kind::Type(it) if it.program == program => (false, &it.text),
                _ => continue,
            };
            match printed.last_mut() {
                Some(last) if last.on_stderr == on_stderr => last.text += text,
                _ => printed.push(Printed { on_stderr, text: text.clone() }),
            }
        }
        printed
    }
}

impl Call {
    /// Whether the program was ended before the call was.
    pub fn never_returned(&self) -> bool {
        self.result.is_none()
    }
}

impl Type {
    /// Whether this is the end of the input: Ctrl-D.
    pub fn ends_input(&self) -> bool {
        self.text.is_empty()
    }
}

impl Segment {
    /// Whether it has this flag.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|it| it == flag)
    }

    /// Up to where it acknowledges, if it does.
    pub fn acknowledges(&self) -> Option<u32> {
        self.has("ACK").then_some(self.ack)
    }

    /// Whether it carries nothing but an acknowledgement.
    pub fn is_bare_ack(&self) -> bool {
        self.len == 0 && self.flags == ["ACK"]
    }
}

/// What a program is called among these: by its example, and its suffix where that alone would not tell them apart.
pub fn label(name: &str, among: &[&str]) -> String {
    let example = example(name);
    let same = among.iter().filter(|other| self::example(other) == example);
    match name.split_once('-') {
        Some((_, suffix)) if same.count() > 1 => format!("{example} ({suffix})"),
        _ => example.to_owned(),
    }
}

fn one_a_line<T: Serialize>(items: &[T]) -> Result<String> {
    let lines: Result<Vec<String>, _> = items.iter().map(serde_json::to_string).collect();
    let lines = lines?;
    Ok(if lines.is_empty() {
        "[]".to_owned()
    } else {
        format!("[\n{}\n]", lines.join(",\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use stage::scenarios::recorded;

    /// The repository.
    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    const ONE_STATE: &str = r#"{
        "schema": 1, "name": "test", "title": "A test.",
        "recorded": { "date": "2026-01-01", "kernel": "6.0", "rustc": "1", "strace": "6", "tcpdump": "4" },
        "programs": [{ "id": "server", "example": "server", "args": [], "role": "server" }],
        "sockets": [{ "id": "server/listener", "program": "server", "local": null, "peer": null }],
        "events": [{ "t": 0, "kind": "state", "socket": "server/listener", "from": "CLOSED", "to": "LISTEN" }]
    }"#;

    #[test]
    fn what_is_read_and_written_again_is_the_same_to_the_byte() {
        for scenario in recorded() {
            let path = path(scenario.name, root()).expect("its chapter has a folder");
            let committed = fs::read_to_string(root().join(&path));
            let committed = committed.unwrap_or_else(|error| panic!("{path}: {error}"));
            let recording = Recording::read(scenario.name, root());
            let recording = recording.unwrap_or_else(|error| panic!("{error:#}"));
            let written = recording.to_json().expect("it can be written");
            let mut lines = committed.split('\n').zip(written.split('\n'));
            assert_eq!(lines.find(|(was, is)| was != is), None, "{path}");
            assert_eq!(committed.len(), written.len(), "{path}");
        }
    }

    #[test]
    fn what_does_not_agree_with_itself_is_refused() {
        let refused = |from: &str, to: &str| {
            let error = Recording::from_json(&ONE_STATE.replace(from, to)).err();
            error.map(|error| error.to_string()).unwrap_or_default()
        };
        assert_eq!(refused("", ""), "");
        assert_eq!(refused("\"schema\"", "\"version\""), "it isn't a recording");
        assert_eq!(refused("\"schema\": 1", "\"schema\": 2"), "its schema is 2, not 1");
        assert_eq!(refused("\"t\": 0", "\"t\": -1"), "it does not follow the schema");
        assert_eq!(
            refused("\"program\": \"server\"", "\"program\": \"client\""),
            "socket server/listener is of no program"
        );
        assert_eq!(
            refused("\"socket\": \"server/listener\"", "\"socket\": \"server/1\""),
            "no socket is named server/1"
        );
        let call = r#""kind": "call", "program": "server", "thread": 1, "line": 1, "call": "close",
            "args": "3", "result": "0", "end": 1, "socket": "server/2" },
            { "t": 1, "kind": "state""#;
        assert_eq!(refused(r#""kind": "state""#, call), "no socket is named server/2");
    }
}
