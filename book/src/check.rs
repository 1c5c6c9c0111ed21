//! What the build refuses, with the page and the line.
//!
//! mdBook itself lets all of this pass: a missing include stays on the page as it was written, a missing anchor shows
//! nothing, a broken link stays broken. So the text is checked before mdBook gets it, and the links in what came out of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result};
use mdbook_markdown::pulldown_cmark::{Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use percent_encoding::percent_decode_str;
use regex::Regex;

use crate::directives::{self, Directive};
use crate::links::{Built, Role};

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
        let mut check =
            Includes { root: &self.root, shown: BTreeSet::new(), problems: Vec::new() };
        for page in &self.pages {
            let file = page.file();
            check.text(&page.text, &file, parent(&file), None, 0);
        }
        self.problems.append(&mut check.problems);
        self.shown = check.shown;
    }

    /// Each program, transcript and recording is there to be shown, and each page to be read.
    fn check_that_all_is_shown(&mut self) -> Result<()> {
        let kinds = [
            ("examples", "rs", "no page includes this program"),
            ("tests/transcripts", "txt", "no page shows this transcript"),
            ("chapters/recordings", "json", "no page shows this recording"),
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

/// The files below a folder with this extension, sorted, as seen from the root. None if the folder is missing.
fn files(root: &Path, folder: &str, extension: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let path = root.join(&folder);
        if !path.is_dir() {
            continue;
        }
        for entry in
            fs::read_dir(&path).with_context(|| format!("can't read {folder}"))?
        {
            let entry = entry?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(name);
            } else if entry.path().extension().is_some_and(|it| it == extension) {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The check of what pages include.
struct Includes<'a> {
    root: &'a Path,
    /// The files that pages show, as seen from the root.
    shown: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Includes<'_> {
    /// Checks the directives of a page, or of a file that the page includes at that line.
    fn text(
        &mut self,
        text: &str,
        page: &str,
        folder: &str,
        line: Option<usize>,
        depth: usize,
    ) {
        for directive in directives::find(text) {
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
        let is_ours = directives::OURS.contains(&directive.name);
        let is_of_mdbook = directives::OF_MDBOOK.contains(&directive.name);
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
            ("terminals", names) => {
                let names = names.iter().copied();
                self.shown.extend(names.flat_map(transcripts));
            }
            ("recording", [name]) => {
                let file = format!("chapters/recordings/{name}.json");
                let recording = read(self.root, &file).unwrap_or_default();
                self.shown.extend(transcripts_of(&recording));
                self.shown.insert(file);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The files with the transcripts of a program.
fn transcripts(name: &str) -> [String; 2] {
    ["txt", "err.txt"].map(|end| format!("tests/transcripts/{name}.{end}"))
}

/// The files with the transcripts of a recording's programs. (If it is no recording, its picture will tell.)
fn transcripts_of(recording: &str) -> Vec<String> {
    #[derive(Default, serde::Deserialize)]
    struct Recording {
        programs: Vec<Program>,
    }
    #[derive(serde::Deserialize)]
    struct Program {
        id: String,
    }
    let recording: Recording = serde_json::from_str(recording).unwrap_or_default();
    let programs = recording.programs.iter();
    programs.flat_map(|program| transcripts(&program.id)).collect()
}

/// Reads a file, given as seen from the root; the error names it.
fn read(root: &Path, file: &str) -> Result<String, String> {
    fs::read_to_string(root.join(file)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no `{file}`"),
        _ => format!("can't read `{file}`: {error}"),
    })
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

/// The folder of a file, both as seen from the root.
fn parent(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path as seen from a folder, as seen from the root instead; `None` if it leads outside.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut joined: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => joined.push(name.to_str()?),
            Component::ParentDir => {
                joined.pop()?;
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(joined.join("/"))
}

/// Checks the links of the book that was built into `built`, and that it asks no other host for anything.
pub fn check_links(built: &Path, sources: &Sources) -> Result<Vec<Problem>> {
    let mut pages = BTreeMap::new();
    for name in files(built, ".", "html")? {
        let name = name.trim_start_matches("./").to_owned();
        let text = fs::read_to_string(built.join(&name))
            .with_context(|| format!("can't read the page {name} of the book"))?;
        pages.insert(name, Built::parse(&text));
    }
    let origins = origins(sources);
    let mut problems = Vec::new();
    for (name, html) in &pages {
        let origin = origins.get(name.as_str());
        if name == "print.html" {
            continue; // it repeats all the others
        }
        for link in &html.links {
            if let Err(why) = check_link(built, &pages, name, html, &link.to, link.role) {
                problems.extend(place(origin, name, &link.to, &why));
            }
        }
        for style in &html.styles {
            for address in loads_of_css(style).filter(|it| is_remote(it)) {
                problems.extend(place(origin, name, address, REMOTE));
            }
        }
    }
    for name in files(built, ".", "css")? {
        let style = fs::read_to_string(built.join(&name))
            .with_context(|| format!("can't read {name} of the book"))?;
        for address in loads_of_css(&style).filter(|it| is_remote(it)) {
            problems.push(Problem::new(
                name.trim_start_matches("./"),
                None,
                format!("`{address}` {REMOTE}"),
            ));
        }
    }
    Ok(problems)
}

/// The sources of the built pages, by the pages' names.
fn origins(sources: &Sources) -> HashMap<String, &Page> {
    let mut origins = HashMap::new();
    for (index, page) in sources.pages.iter().enumerate() {
        let name = page.name.trim_end_matches(".md");
        if index == 0 {
            origins.insert("index.html".to_owned(), page); // mdBook opens with a copy of the first page
        }
        let name = match name.strip_suffix("README") {
            Some(folder) => format!("{folder}index.html"),
            None => format!("{name}.html"),
        };
        origins.insert(name, page);
    }
    origins
}

const REMOTE: &str = "is loaded from another host";
const OUTSIDE: &str = "leads out of the book";

/// Checks one link of the built page `name`; the error says what is wrong with it.
fn check_link(
    built: &Path,
    pages: &BTreeMap<String, Built>,
    name: &str,
    html: &Built,
    to: &str,
    role: Role,
) -> Result<(), String> {
    if let Some(scheme) = scheme(to) {
        return match (role, scheme) {
            (Role::Loads, "data") | (Role::Leads, "http" | "https" | "mailto") => Ok(()),
            (Role::Loads, _) => Err(REMOTE.into()),
            (Role::Leads, _) => Err(format!("leads nowhere: what is `{scheme}:`?")),
        };
    }
    let (path, fragment) = match to.split_once('#') {
        Some((path, fragment)) => {
            (path, percent_decode_str(fragment).decode_utf8_lossy())
        }
        None => (to, "".into()),
    };
    let path = path.split('?').next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8_lossy();
    let target = match (path.as_ref(), &html.base) {
        ("", _) => name.to_owned(),
        (path, Some(_)) => join("", path.trim_start_matches('/')).ok_or(OUTSIDE)?,
        (path, None) => join(parent(name), path).ok_or(OUTSIDE)?,
    };
    let target = match built.join(&target) {
        path if path.is_dir() => join(&target, "index.html").unwrap_or_default(),
        path if path.is_file() => target,
        _ => {
            return Err(format!("leads nowhere: the book has no `{target}`"));
        }
    };
    let Some(page) = pages.get(&target) else {
        return Ok(()); // a picture, a program: nothing in it to lead to
    };
    if fragment.is_empty() || fragment == "top" || page.ids.contains(fragment.as_ref()) {
        return Ok(());
    }
    Err(format!("leads nowhere: `{target}` has no heading or other place `#{fragment}`"))
}

/// The scheme of an address; for one that begins with `//`, the page's own.
fn scheme(address: &str) -> Option<&str> {
    if address.starts_with("//") {
        return Some("https");
    }
    let (scheme, _) = address.split_once(':')?;
    let is_scheme = scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.chars().all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it));
    is_scheme.then_some(scheme)
}

fn is_remote(address: &str) -> bool {
    scheme(address).is_some_and(|scheme| scheme != "data")
}

/// What a style sheet loads.
fn loads_of_css(style: &str) -> impl Iterator<Item = &str> {
    static LOAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)/\*(?s:.)*?\*/|(?:url\(|@import)\s*["']?([^"')\s;]+)"#)
            .expect("the pattern is well formed")
    });
    LOAD.captures_iter(style)
        .filter_map(|found| found.get(1))
        .map(|address| address.as_str())
}

/// Finds where in its source a built page has a link: on each line that has it, for it is as broken on each.
fn place(origin: Option<&&Page>, built: &str, link: &str, why: &str) -> Vec<Problem> {
    let Some(page) = origin else {
        let message = format!("`{link}` {why} (on a page of mdBook's or the theme's)");
        return vec![Problem::new(built, None, message)];
    };
    let file = page.file();
    let found = find_link(&page.text, link);
    if found.is_empty() {
        let message = format!("`{link}` {why} (in what a directive or the theme adds)");
        return vec![Problem::new(file, None, message)];
    }
    found
        .into_iter()
        .map(|(line, written)| Problem::new(&file, line, format!("`{written}` {why}")))
        .collect()
}

/// Finds a link of a built page in the page's source: the lines, and how it is written there.
fn find_link(text: &str, link: &str) -> BTreeSet<(usize, String)> {
    let mut found = BTreeSet::new();
    for (event, range) in
        new_cmark_parser(text, &MarkdownOptions::default()).into_offset_iter()
    {
        let written = match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                (as_built(&dest_url) == link).then(|| dest_url.to_string())
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let links = Built::parse(&html).links.into_iter().map(|it| it.to);
                let mut links = links.filter(|it| as_built(it) == link);
                // Not a whole tag, but a line of one, or a style.
                let part = || html.contains(link).then(|| link.to_owned());
                links.next().or_else(part)
            }
            _ => None,
        };
        found.extend(written.map(|written| (line_at(text, range.start), written)));
    }
    found
}

/// A link of a source, as mdBook and [`directives::to_copied_examples`] change it.
fn as_built(link: &str) -> String {
    let link = directives::to_copied_examples(link);
    if scheme(&link).is_some() {
        return link.into_owned();
    }
    let (path, fragment) = match link.find('#') {
        Some(at) => link.split_at(at),
        None => (link.as_ref(), ""),
    };
    match path.strip_suffix(".md") {
        Some(path) => format!("{path}.html{fragment}"),
        None => link.into_owned(),
    }
}
