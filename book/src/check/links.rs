//! The links of the built book.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use mdbook_markdown::pulldown_cmark::{Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use percent_encoding::percent_decode_str;
use regex::Regex;

use super::built::{BuiltPage, Role};
use super::files::{files, join, parent};
use super::sources::{Page, Sources};
use crate::markdown;
use crate::problem::{Problem, line_at};

/// Checks the links of the book that was built into `built`, and that it asks no other host for anything.
pub fn check_links(built: &Path, sources: &Sources) -> Result<Vec<Problem>> {
    let mut pages = BTreeMap::new();
    for name in files(built, "", "html")? {
        let text = fs::read_to_string(built.join(&name))
            .with_context(|| format!("can't read the page {name} of the book"))?;
        pages.insert(name, BuiltPage::parse(&text));
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
    for name in files(built, "", "css")? {
        let style = fs::read_to_string(built.join(&name))
            .with_context(|| format!("can't read {name} of the book"))?;
        for address in loads_of_css(&style).filter(|it| is_remote(it)) {
            problems.push(Problem::new(&name, None, format!("`{address}` {REMOTE}")));
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
    pages: &BTreeMap<String, BuiltPage>,
    name: &str,
    html: &BuiltPage,
    to: &str,
    role: Role,
) -> Result<(), String> {
    if let Some(scheme) = scheme(to) {
        return match (role, scheme) {
            (Role::Loads, "data") | (Role::Leads, "http" | "https" | "mailto") => Ok(()),
            (Role::Loads, _) => Err(REMOTE.into()),
            (Role::Leads, _) => Err(format!("is a broken link: what is `{scheme}:`?")),
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
            return Err(format!("is a broken link: the book has no `{target}`"));
        }
    };
    let Some(page) = pages.get(&target) else {
        return Ok(()); // a picture, a program: nothing in it to lead to
    };
    if fragment.is_empty() || fragment == "top" || page.ids.contains(fragment.as_ref()) {
        return Ok(());
    }
    Err(format!(
        "is a broken link: `{target}` has no heading or other place `#{fragment}`"
    ))
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
                let links = BuiltPage::parse(&html).links.into_iter().map(|it| it.to);
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

/// A link of a source, as mdBook and [`markdown::link_in_book`] change it.
fn as_built(link: &str) -> String {
    let link = markdown::link_in_book(link);
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
