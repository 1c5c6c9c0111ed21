//! A recording as it is committed: `chapters/recordings/SCENARIO.json`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::terminals::{self, Printed};

#[derive(Deserialize)]
pub struct Recording {
    pub schema: u32,
    pub name: String,
    pub title: String,
    pub recorded: Recorded,
    pub programs: Vec<Program>,
    pub sockets: Vec<Socket>,
    /// In the order of time.
    pub events: Vec<Event>,
}

/// Where and when it was recorded.
#[derive(Deserialize)]
pub struct Recorded {
    pub date: String,
    pub kernel: String,
}

#[derive(Deserialize)]
pub struct Program {
    pub id: String,
    pub example: String,
    pub role: String,
}

#[derive(Deserialize)]
pub struct Socket {
    pub id: String,
    pub program: String,
    pub peer: Option<String>,
}

#[derive(Deserialize)]
pub struct Event {
    /// Microseconds since the first event.
    pub t: u64,
    #[serde(flatten)]
    pub kind: Kind,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Kind {
    Call(Call),
    Print(Print),
    Type(Type),
    Segment(Segment),
    State(State),
    End(End),
}

/// A system call, from `t` to `end`.
#[derive(Deserialize)]
pub struct Call {
    pub program: String,
    pub thread: u32,
    /// The line of the example that made it.
    pub line: Option<u32>,
    pub call: String,
    pub args: String,
    /// None or `?` if it never returned.
    pub result: Option<String>,
    pub end: Option<u64>,
    pub socket: Option<String>,
    /// The socket that it brought forth, if it did.
    #[serde(default)]
    pub accepted: Option<String>,
}

#[derive(Deserialize)]
pub struct Print {
    pub program: String,
    pub stream: String,
    pub text: String,
    pub line: Option<u32>,
    pub thread: Option<u32>,
}

#[derive(Deserialize)]
pub struct Type {
    pub program: String,
    pub text: String,
}

#[derive(Deserialize)]
pub struct Segment {
    pub from: Option<String>,
    pub to: Option<String>,
    pub flags: Vec<String>,
    pub seq: Option<i64>,
    pub ack: Option<i64>,
    pub len: u64,
    pub payload: String,
}

#[derive(Deserialize)]
pub struct State {
    pub socket: String,
    pub from: String,
    pub to: String,
}

#[derive(Deserialize)]
pub struct End {
    pub program: String,
    pub how: String,
}

impl Segment {
    /// Up to where it acknowledges, if it does.
    pub fn acknowledges(&self) -> Option<i64> {
        self.ack.filter(|_| self.flags.iter().any(|flag| flag == "ACK"))
    }

    /// Whether it carries nothing but an acknowledgement.
    pub fn is_bare_ack(&self) -> bool {
        self.len == 0 && self.flags == ["ACK"]
    }
}

impl Call {
    /// Whether the program was ended before the call was.
    pub fn never_returned(&self) -> bool {
        self.end.is_none() || self.result.as_deref().is_none_or(|it| it == "?")
    }
}

impl Recording {
    /// Reads the recording of a scenario.
    pub fn read(scenario: &str, root: &Path) -> Result<Self> {
        let path = format!("chapters/recordings/{scenario}.json");
        let text = fs::read_to_string(root.join(&path)).with_context(|| {
            format!("can't read {path} (`cargo book record {scenario}` makes it)")
        })?;
        let recording: Self = serde_json::from_str(&text)
            .with_context(|| format!("{path} is no recording"))?;
        ensure!(recording.schema == 1, "{path} is of another schema than 1");
        recording.check().with_context(|| path.clone())?;
        Ok(recording)
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
                Kind::Call(it) => (Some(&it.program), vec![]),
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
        terminals::label(program, &self.names())
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
