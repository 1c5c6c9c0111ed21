//! The pages as they are written, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mdbook_markdown::pulldown_cmark::{Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use percent_encoding::percent_decode_str;

use super::files::{files, join, parent, read};
use super::includes::{Includes, first_hidden_line};
use crate::problem::{Problem, line_at};

/// A page as it is written.
pub struct Page {
    /// Its name within `chapters/`.
    pub name: String,
    pub text: String,
}

impl Page {
    /// Its file, as seen from the repository's root.
    pub fn file(&self) -> String {
        format!("chapters/{}", self.name)
    }
}

/// The pages of the book: the sources that SUMMARY.md lists, and what is wrong with them.
pub struct Sources {
    root: PathBuf,
    /// In the order of the book.
    pub pages: Vec<Page>,
    pub problems: Vec<Problem>,
    /// The files that pages show, as seen from the repository's root.
    pub shown: BTreeSet<String>,
    /// The recordings that they show, and whether to scale.
    pub recordings: BTreeSet<(String, bool)>,
    /// SUMMARY.md, where a page that is missing is announced only.
    pub summary: String,
}

impl Sources {
    /// Reads `chapters/SUMMARY.md` and the pages that it lists, and checks all that can be checked in the sources.
    pub fn read(root: &Path) -> Result<Sources> {
        let mut sources = Sources {
            root: root.to_owned(),
            pages: Vec::new(),
            problems: Vec::new(),
            shown: BTreeSet::new(),
            recordings: BTreeSet::new(),
            summary: String::new(),
        };
        sources.read_pages()?;
        sources.check_pages();
        sources.check_that_all_is_shown()?;
        Ok(sources)
    }

    fn read_pages(&mut self) -> Result<()> {
        let chapters = self.root.join("chapters");
        let summary = chapters.join("SUMMARY.md");
        let summary = fs::read_to_string(&summary)
            .with_context(|| format!("can't read {}", summary.display()))?;
        let mut done = 0;
        for (event, range) in
            new_cmark_parser(&summary, &MarkdownOptions::default()).into_offset_iter()
        {
            let Event::Start(Tag::Link { dest_url, .. }) = event else {
                continue;
            };
            let name = percent_decode_str(&dest_url).decode_utf8_lossy();
            let name = name.trim_start_matches("./").to_owned();
            if name.is_empty() {
                continue; // a chapter that is only announced
            }
            let text = match join("chapters", &name) {
                Some(file) if file.starts_with("chapters/") => read(&self.root, &file),
                _ => Err(format!("`{name}` is outside chapters/")),
            };
            match text {
                Ok(text) => self.pages.push(Page { name, text }),
                Err(why) => {
                    let line = line_at(&summary, range.start);
                    if let Some(at) = summary[range.clone()].rfind(&*dest_url) {
                        let at = range.start + at;
                        self.summary += &summary[done..at];
                        done = at + dest_url.len();
                    }
                    let problem = Problem::new("chapters/SUMMARY.md", line, why);
                    self.problems.push(problem);
                }
            }
        }
        self.summary += &summary[done..];
        Ok(())
    }

    /// Checks each page's directives, and notes which files they show.
    fn check_pages(&mut self) {
        let mut check = Includes {
            root: &self.root,
            shown: BTreeSet::new(),
            programs: BTreeMap::new(),
            recordings: BTreeSet::new(),
            problems: Vec::new(),
        };
        for page in &self.pages {
            let file = page.file();
            check.text(&page.text, &file, parent(&file), None, 0);
        }
        self.problems.append(&mut check.problems);
        for (file, (text, pieces)) in check.programs {
            if let Some(line) = first_hidden_line(&text, &pieces) {
                let message = "no page shows this line";
                self.problems.push(Problem::new(file, line + 1, message));
            }
        }
        self.shown = check.shown;
        self.recordings = check.recordings;
    }

    /// Each program, transcript and recording is there to be shown, and each page to be read.
    fn check_that_all_is_shown(&mut self) -> Result<()> {
        let kinds = [
            ("examples", "rs", "no page includes this program"),
            ("tests/transcripts", "txt", "no page shows this transcript"),
            ("chapters", "json", "no page shows this recording"),
        ];
        for (folder, extension, message) in kinds {
            for file in files(&self.root, folder, extension)? {
                if !self.shown.contains(&file) {
                    self.problems.push(Problem::new(file, None, message));
                }
            }
        }
        for file in files(&self.root, "chapters", "md")? {
            let name = file.trim_start_matches("chapters/");
            let listed = self.pages.iter().any(|page| page.name == name);
            if !listed && name != "SUMMARY.md" && name != "404.md" {
                let message = "chapters/SUMMARY.md does not list this page";
                self.problems.push(Problem::new(file, None, message));
            }
        }
        Ok(())
    }
}
