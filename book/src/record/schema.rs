//! The recording as data, and as the file that it is kept in. `README.md` beside this file says what each field means.

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// The version of the schema.
pub const SCHEMA: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    pub schema: u32,
    pub name: String,
    pub title: String,
    pub recorded: Environment,
    pub programs: Vec<Program>,
    pub sockets: Vec<Socket>,
    pub events: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub date: String,
    pub kernel: String,
    pub rustc: String,
    pub strace: String,
    pub tcpdump: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    pub id: String,
    pub example: String,
    pub args: Vec<String>,
    pub role: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socket {
    pub id: String,
    pub program: String,
    pub local: Option<String>,
    pub peer: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub t: u64,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum What {
    Call {
        program: String,
        thread: usize,
        line: Option<u32>,
        call: String,
        args: String,
        result: Option<String>,
        end: u64,
        socket: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<String>,
    },
    Print {
        program: String,
        thread: usize,
        line: Option<u32>,
        stream: String,
        text: String,
    },
    Type {
        program: String,
        text: String,
    },
    Segment {
        from: Option<String>,
        to: Option<String>,
        flags: Vec<String>,
        seq: u32,
        ack: u32,
        len: usize,
        payload: String,
    },
    State {
        socket: String,
        from: String,
        to: String,
    },
    End {
        program: String,
        how: String,
    },
}

impl Recording {
    /// One line for each program, socket and event, so that a difference between two recordings can be read.
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

    pub fn from_json(json: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let version: Version =
            serde_json::from_str(json).context("it is no recording")?;
        if version.schema != SCHEMA {
            bail!("its schema is {}, not {SCHEMA}", version.schema);
        }
        serde_json::from_str(json).context("it does not follow the schema")
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
