//! A failure, told so that a reader sees what happened: the steps that led there, what was expected, what came.

use crate::faults::Fault;
use crate::mutex::lock;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

/// What a check comes to. A test may return it: the story is then what the test runner prints.
pub type Outcome<T = ()> = Result<T, Story>;

/// Why a check failed, for a person to read.
pub struct Story {
    /// What comes before all else: that the program has crashed.
    first: Box<str>,
    /// Whose story it is, and when it happened: `your server`.
    subject: Box<str>,
    /// What it did: `said nothing`.
    did: String,
    steps: Vec<String>,
    ending: String,
    fault: Option<Box<str>>,
}

impl Story {
    /// A story in one paragraph: `headline` is the whole of it until [`Story::after`] and [`Story::ending`] add more.
    pub fn new(headline: impl Into<String>) -> Self {
        Self::of(String::new(), headline)
    }

    /// A story of somebody, `your server`, who did something.
    pub(crate) fn of(subject: String, did: impl Into<String>) -> Self {
        Self {
            first: "".into(),
            subject: subject.into(),
            did: did.into(),
            steps: Vec::new(),
            ending: String::new(),
            fault: None,
        }
    }

    /// Names the fault behind it, one that many programs have: the headline says it, and the last paragraph what to do.
    pub(crate) fn common(self, fault: Option<Fault>) -> Self {
        match fault {
            Some(Fault { name, advice }) => {
                let fault = Some(format!("it {name}").into());
                Self { did: name.to_owned(), fault, ..self }.ending(advice)
            }
            None => self,
        }
    }

    /// Tells the crash before all else.
    pub(crate) fn crashed(self, first: String) -> Self {
        Self { first: first.into(), ..self }
    }

    /// Takes the crash for the fault behind it, if there was one and no other has a name.
    pub(crate) fn of_crash(self) -> Self {
        let crash = Some(self.first.clone()).filter(|crash| !crash.is_empty());
        Self { fault: self.fault.or(crash), ..self }
    }

    /// The common fault behind it, if it is known: who has told it once need not tell it again.
    pub fn common_fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The story as it is to be told next: in full, unless its fault has been told. Of that there is a line then.
    pub fn unless_told(&self, told: &mut BTreeSet<String>) -> Result<String, String> {
        match &self.fault {
            Some(fault) if !told.insert(fault.to_string()) => {
                Err(format!("as before: {fault}"))
            }
            _ => Ok(self.to_string()),
        }
    }

    /// Puts the steps of `log` before the ending.
    pub fn after(mut self, log: &Log) -> Self {
        self.steps.clone_from(&log.lock().steps);
        self
    }

    /// Adds a paragraph at the end.
    pub fn ending(mut self, paragraph: impl AsRef<str>) -> Self {
        if !paragraph.as_ref().is_empty() {
            if !self.ending.is_empty() {
                self.ending.push_str("\n\n");
            }
            self.ending.push_str(paragraph.as_ref());
        }
        self
    }
}

/// A line as a terminal can show it: cut after so many characters, and without what would move its cursor.
pub(crate) fn cut(line: &str, width: usize) -> String {
    let shown = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
    let mut text: String = line.chars().take(width).map(shown).collect();
    if line.chars().nth(width).is_some() {
        text.push('…');
    }
    text
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: usize = 400;
        let space = if self.subject.is_empty() { "" } else { " " };
        let headline = format!("{}{space}{}", self.subject, self.did);
        for line in self.first.lines().chain(headline.lines()) {
            writeln!(f, "{}", cut(line, WIDTH))?;
        }
        if !self.steps.is_empty() {
            writeln!(f)?;
        }
        for (step, number) in self.steps.iter().zip(1..) {
            writeln!(f, "  {number:>2}  {}", cut(step, WIDTH))?;
        }
        if !self.ending.is_empty() {
            writeln!(f)?;
        }
        for line in self.ending.lines() {
            writeln!(f, "{}", format!("      {}", cut(line, WIDTH)).trim_end())?;
        }
        Ok(())
    }
}

/// The variable by which a runner asks for a line of its own before and after each story, so that it can tell the story from
/// what the program prints.
pub const MARK: &str = "GRADER_MARK";

/// The same as `Display`, since the test runner prints a test's error with `Debug`.
impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::env::var(MARK) {
            Ok(mark) => write!(f, "\n{mark}\n{self}{mark}\n"),
            Err(_) => fmt::Display::fmt(self, f),
        }
    }
}

/// A number of lines, for texts one after another.
pub struct Room(pub usize);

impl Room {
    /// A text, if there is room for it; else its first line.
    pub fn fit(&mut self, text: &str) -> String {
        let lines = text.lines().count();
        if lines <= self.0 {
            self.0 -= lines;
            return text.to_owned();
        }
        text.lines().next().map(|line| format!("{line}\n")).unwrap_or_default()
    }
}

/// What has happened so far, shared by everybody on the stage.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Steps>>);

#[derive(Default)]
struct Steps {
    steps: Vec<String>,
    circumstance: Option<String>,
}

impl Log {
    /// Adds a step.
    pub fn add(&self, step: impl Into<String>) {
        self.lock().steps.push(step.into());
    }

    /// The place that has been reached, for [`Log::back_to`].
    pub fn place(&self) -> usize {
        self.lock().steps.len()
    }

    /// Forgets the steps after `place`: a conversation that went well, when the next is about to begin.
    pub fn back_to(&self, place: usize) {
        self.lock().steps.truncate(place);
    }

    /// Says what is special from here on: `when the bytes were cut after "Mich"`.
    pub fn circumstance(&self, circumstance: Option<String>) {
        self.lock().circumstance = circumstance;
    }

    pub(crate) fn circumstances(&self) -> Option<String> {
        self.lock().circumstance.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Steps> {
        lock(&self.0)
    }
}

/// Bytes as Rust would write them in a string: text as it is, a newline as `\n`, what is no text as `\xff`.
pub fn visible(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() || c == '\\' {
                text.extend(c.escape_debug());
            } else {
                text.push(c);
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// As [`visible`], with a few of many zeros: a buffer of which more was taken than had come.
fn without_zeros(bytes: &[u8]) -> String {
    const MOST: usize = 4;
    let mut text = String::new();
    for run in bytes.chunk_by(|a, b| (*a == 0) == (*b == 0)) {
        if run[0] == 0 && run.len() > MOST {
            text.push_str("\\0\\0\\0…");
        } else {
            text.push_str(&visible(run));
        }
    }
    text
}

/// `bytes` in quotes, shortened in the middle if they are many.
pub fn quoted(bytes: &[u8]) -> String {
    const MOST: usize = 100;
    if bytes.len() <= MOST {
        return format!("\"{}\"", without_zeros(bytes));
    }
    format!(
        "\"{}…{}\" ({} bytes)",
        without_zeros(&bytes[..40]),
        without_zeros(&bytes[bytes.len() - 20..]),
        bytes.len()
    )
}

/// `expected` above `received`, with a mark under the byte where they part and `remark` beside it.
pub fn compared(expected: &[u8], received: &[u8], remark: &str) -> String {
    const BEFORE: usize = 48;
    const AFTER: usize = 40;
    let parting = parting(expected, received);
    let from = parting.saturating_sub(BEFORE);
    let ahead = if from > 0 { "…" } else { "" };
    let line = |bytes: &[u8]| {
        let until = bytes.len().min(parting + AFTER);
        let same = visible(&bytes[from..parting]);
        let from_here = without_zeros(&bytes[parting..until]);
        let cut = until < bytes.len() && !from_here.ends_with('…');
        let rest = if cut { "…" } else { "" };
        format!("\"{ahead}{same}{from_here}{rest}\"")
    };
    let column =
        1 + ahead.chars().count() + visible(&expected[from..parting]).chars().count();
    format!(
        "expected  {}\nreceived  {}\n{:10}{:column$}^ {remark}",
        line(expected),
        line(received),
        "",
        ""
    )
}

/// The index of the first byte in which the two differ, never inside a character of `expected`.
pub fn parting(expected: &[u8], received: &[u8]) -> usize {
    let mut index = expected.iter().zip(received).take_while(|(a, b)| a == b).count();
    if index < expected.len()
        && index < received.len()
        && std::str::from_utf8(expected).is_ok()
    {
        while index > 0 && expected[index] & 0xC0 == 0x80 {
            index -= 1;
        }
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_the_byte_where_they_part() {
        let story = compared(b"Hello\nAnn", b"Hello\nBob", "byte 7 differs");
        assert_eq!(
            story,
            "expected  \"Hello\\nAnn\"\nreceived  \"Hello\\nBob\"\n                  ^ byte 7 differs"
        );
    }

    #[test]
    fn a_character_is_never_split() {
        assert_eq!(parting("é".as_bytes(), "è".as_bytes()), 0);
        assert_eq!(parting(b"\xff\x81", b"\xff\x82"), 1);
        assert_eq!(parting("né".as_bytes(), "n".as_bytes()), 1);
    }

    #[test]
    fn what_does_not_fit_is_cut_to_its_first_line() {
        let mut room = Room(3);
        let told: Vec<String> =
            ["a\nb\n", "c\nd\n", "e\n"].iter().map(|text| room.fit(text)).collect();
        assert_eq!(told, ["a\nb\n", "c\n", "e\n"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_shown() {
        assert_eq!(visible(b"a\xffb\x00\r\n"), "a\\xffb\\0\\r\\n");
    }

    #[test]
    fn of_many_zeros_a_few_are_shown() {
        let story = compared(b"Ann!", &[&b"Ann"[..], &[0; 1000]].concat(), "here");
        assert!(story.contains("received  \"Ann\\0\\0\\0…\"\n"), "{story}");
        assert_eq!(quoted(b"a\0b"), "\"a\\0b\"");
    }

    #[test]
    fn long_texts_are_shown_around_the_mark() {
        let long = [b'x'; 300];
        let story = compared(&long, &[&long[..200], b"y"].concat(), "here");
        assert!(story.lines().all(|line| line.chars().count() < 110), "{story}");
    }
}
