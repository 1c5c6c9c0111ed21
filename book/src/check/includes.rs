//! What pages include: the files, and the parts of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
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
    /// The programs that pages show, by their files: the text, and which of its lines, counted from 0.
    pub programs: BTreeMap<String, (String, Vec<Range<usize>>)>,
    /// The recordings that pages show, and whether to scale.
    pub recordings: BTreeSet<(String, bool)>,
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
                let lines = part_lines(&text, part.unwrap_or_default())
                    .map_err(|why| format!("`{file}` {why}"))?;
                if file.starts_with("examples/") {
                    let piece = text.lines().skip(lines.start).take(lines.len());
                    let count = piece.filter(|line| !MARK.is_match(line)).count();
                    let program = self.programs.entry(file.clone()).or_default();
                    program.0.clone_from(&text);
                    program.1.push(lines);
                    if count > LONGEST_PIECE {
                        return Err(format!(
                            "shows {count} lines, more than {LONGEST_PIECE}: too many for one look"
                        ));
                    }
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
            ("recording", [name, how @ ..]) => {
                let to_scale = how.contains(&"to-scale");
                self.recordings.insert(((*name).to_owned(), to_scale));
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

/// How many lines of a program a page shows in one piece.
const LONGEST_PIECE: usize = 25;

/// The first line of a program, from `fn main` on, that is in none of these pieces of it. Lines count from 0.
pub fn first_hidden_line(text: &str, pieces: &[Range<usize>]) -> Option<usize> {
    let mut lines = text.lines().enumerate();
    let is_shown = |at: usize| pieces.iter().any(|piece| piece.contains(&at));
    let blank = |line: &str| line.trim().is_empty() || MARK.is_match(line);
    let mut from_main =
        lines.by_ref().skip_while(|(_, line)| !line.starts_with("fn main"));
    from_main.find(|(at, line)| !is_shown(*at) && !blank(line)).map(|(at, _)| at)
}

/// The lines of the part that an include asks for: an anchor, or lines (`3`, `3:`, `:7`, `3:7`), or all of them. They count from 0.
fn part_lines(text: &str, part: &str) -> Result<Range<usize>, String> {
    let (start, end) = part.split_once(':').unwrap_or((part, part));
    if !start.is_empty() && start.parse::<usize>().is_err() {
        return anchor_lines(text, start);
    }
    let count = text.lines().count();
    let number = |written: &str, otherwise| match written.parse() {
        _ if written.is_empty() => Ok(otherwise),
        Ok(line) if (1..=count).contains(&line) => Ok(line),
        _ => Err(format!("has no line {written}: it has {count}")),
    };
    Ok(number(start, 1)? - 1..number(end, count)?)
}

// As mdBook reads them.
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"ANCHOR(_END)?:\s*([\w-]+)").expect("the pattern is well formed")
});

/// The lines between the marks of an anchor, which begins, ends, and has something in between.
fn anchor_lines(text: &str, anchor: &str) -> Result<Range<usize>, String> {
    let mark = |line: &str, end: bool| {
        MARK.captures(line)
            .is_some_and(|it| it.get(1).is_some() == end && &it[2] == anchor)
    };
    let start = text.lines().position(|line| mark(line, false));
    let start = start.ok_or_else(|| format!("has no anchor `{anchor}`"))? + 1;
    let count = text.lines().skip(start).position(|line| mark(line, true));
    let count = count.ok_or_else(|| format!("has no end of its anchor `{anchor}`"))?;
    let mut lines = text.lines().skip(start).take(count);
    if lines.all(|line| line.trim().is_empty() || MARK.is_match(line)) {
        return Err(format!("has nothing between the marks of its anchor `{anchor}`"));
    }
    Ok(start..start + count)
}
