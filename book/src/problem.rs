//! What is wrong with the book, and where.

use std::fmt;

/// Something that is wrong with the book.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as seen from the repository's root.
    pub file: String,
    /// Its line, from 1, where it can be told.
    pub line: Option<usize>,
    pub message: String,
}

impl Problem {
    pub fn new(
        file: impl Into<String>,
        line: impl Into<Option<usize>>,
        message: impl Into<String>,
    ) -> Problem {
        Problem { file: file.into(), line: line.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// The line, from 1, of a byte of the text.
pub fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}
