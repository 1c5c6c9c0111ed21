//! What pages include: the files, and the parts of them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::files::{files, join, parent, read};
use crate::markdown::{self, Directive};
use crate::problem::{Problem, line_at};
use recorder::recording;

/// The check of what pages include.
pub struct Includes<'a> {
    pub root: &'a Path,
    /// The files that pages show, as seen from the root.
    pub shown: BTreeSet<String>,
    pub problems: Vec<Problem>,
}

impl Includes<'_> {
    /// Checks the directives of a page, or of a file that the page includes at that line.
    pub fn text(
        &mut self,
        text: &str,
        page: &str,
        folder: &str,
        line: Option<usize>,
        depth: usize,
    ) {
        for directive in markdown::find(text) {
            let line = line.unwrap_or_else(|| line_at(text, directive.range.start));
            let written = &text[directive.range.clone()];
            if let Err(why) = self.directive(&directive, page, folder, line, depth) {
                let written = written.lines().next().unwrap_or_default();
                self.problems.push(Problem::new(page, line, format!("{written}: {why}")));
            }
        }
    }

    /// Checks one directive; the error says what is wrong with it.
    fn directive(
        &mut self,
        directive: &Directive,
        page: &str,
        folder: &str,
        line: usize,
        depth: usize,
    ) -> Result<(), String> {
        let is_ours = markdown::OURS.contains(&directive.name);
        let is_of_mdbook = markdown::OF_MDBOOK.contains(&directive.name);
        if (directive.in_code || depth > 0) && !is_of_mdbook {
            return Ok(()); // something else that is written like this
        }
        if !is_ours && !is_of_mdbook {
            return Err("there is no such directive".into());
        }
        if !directive.complete {
            return Err("lacks its closing braces".into());
        }
        if is_ours && !directive.alone {
            return Err("has to stand on a line of its own".into());
        }
        match (directive.name, directive.arguments.as_slice()) {
            ("include" | "rustdoc_include" | "playground", []) => {
                return Err("names no file".into());
            }
            ("include" | "rustdoc_include" | "playground", [file, ..]) => {
                let (path, part) = match file.split_once(':') {
                    Some((path, part)) => (path, Some(part)),
                    None => (*file, None),
                };
                let file = join(folder, path)
                    .ok_or_else(|| format!("`{path}` is outside of the repository"))?;
                self.shown.insert(file.clone());
                let text = read(self.root, &file)?;
                if let Some(part) = part {
                    check_part(&text, part).map_err(|why| format!("`{file}` {why}"))?;
                }
                if depth < 10 {
                    self.text(&text, page, parent(&file), Some(line), depth + 1);
                }
            }
            ("terminals", [scenario]) => {
                self.shown.extend(transcripts(self.root, scenario))
            }
            ("terminals", [scenario, programs @ ..]) => {
                let files = transcripts(self.root, scenario);
                self.shown.extend(files.filter(|file| {
                    let name = file.rsplit('/').next().unwrap_or_default();
                    programs.iter().any(|it| {
                        name.strip_prefix(it).is_some_and(|end| end.starts_with('.'))
                    })
                }));
            }
            ("recording", [name]) => {
                self.shown.extend(transcripts(self.root, name));
                self.shown.extend(recording::path(name, self.root));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The files with the transcripts of a scenario.
fn transcripts(root: &Path, scenario: &str) -> impl Iterator<Item = String> {
    let folder = format!("tests/transcripts/{scenario}");
    files(root, &folder, "txt").unwrap_or_default().into_iter()
}

/// Checks that a text has the part that an include asks for: an anchor, or lines (`3`, `3:`, `:7`, `3:7`).
fn check_part(text: &str, part: &str) -> Result<(), String> {
    let (start, end) = match part.split_once(':') {
        Some((start, end)) => (start, Some(end)),
        None => (part, None),
    };
    if !start.is_empty() && start.parse::<usize>().is_err() {
        return check_anchor(text, start);
    }
    let lines = text.lines().count();
    for line in [Some(start), end].into_iter().flatten() {
        if !line.is_empty()
            && !matches!(line.parse::<usize>(), Ok(line) if (1..=lines).contains(&line))
        {
            return Err(format!("has no line {line}: it has {lines}"));
        }
    }
    Ok(())
}

/// Checks that an anchor begins, ends, and has something in between.
fn check_anchor(text: &str, anchor: &str) -> Result<(), String> {
    // As mdBook reads them.
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"ANCHOR(_END)?:\s*([\w-]+)").expect("the pattern is well formed")
    });
    let mut lines = text.lines();
    let is_mark = |line: &str, end: bool| {
        MARK.captures(line)
            .is_some_and(|it| it.get(1).is_some() == end && &it[2] == anchor)
    };
    if !lines.any(|line| is_mark(line, false)) {
        return Err(format!("has no anchor `{anchor}`"));
    }
    let mut is_empty = true;
    for line in lines {
        if is_mark(line, true) {
            return match is_empty {
                true => {
                    Err(format!("has nothing between the marks of its anchor `{anchor}`"))
                }
                false => Ok(()),
            };
        }
        is_empty = is_empty && (line.trim().is_empty() || MARK.is_match(line));
    }
    Err(format!("has no end of its anchor `{anchor}`"))
}
