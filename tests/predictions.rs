//! The predictions on the pages: what the page calls right is compared with what a run gives.
//!
//! On a page a prediction is a code block of the language `predict NAME`: a question, and
//! choices as a task list, the right one ticked, each with an explanation below it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::examples::root;
use crate::{CHAPTERS, chapter_of};

/// `NAME => ANSWER;` for each prediction of a chapter: a test of this name, which compares the
/// right choice on the page with the answer that a run gives.
macro_rules! predictions {
    ($($(#[$attribute:meta])* $name:ident => $answer:expr;)*) => {
        pub const CHECKED: &[&str] = &[$(stringify!($name)),*];

        $($(#[$attribute])*
        #[test]
        fn $name() {
            let given = $answer;
            assert_eq!(crate::predictions::right(stringify!($name)), given.to_string());
        })*
    };
}

/// The right choice of the prediction of this name, as the page has it, without backticks.
pub fn right(name: &str) -> String {
    let all = all();
    let found = all.iter().find(|prediction| prediction.name == name);
    let text = &found.unwrap_or_else(|| panic!("no page asks {name}")).text;
    let mut right = text.lines().filter_map(|line| line.strip_prefix("- [x] "));
    let choice = right.next().unwrap_or_else(|| panic!("{name} has no right choice"));
    assert_eq!(right.next(), None, "{name} has two right choices");
    choice.replace('`', "")
}

struct Prediction {
    name: String,
    /// The module with the tests of its chapter.
    chapter: String,
    text: String,
}

/// All predictions of the book.
fn all() -> Vec<Prediction> {
    let mut found = Vec::new();
    let list = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    for folder in list(&root().join("chapters")) {
        let chapter = folder.file_name().unwrap_or_default().to_string_lossy();
        for page in list(&folder) {
            if page.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let page = fs::read_to_string(&page).expect("a page is text");
            for block in page.split("\n```predict ").skip(1) {
                let (name, rest) = block.split_once('\n').unwrap_or((block, ""));
                let text = rest.split("\n```").next().unwrap_or_default();
                found.push(Prediction {
                    name: name.to_owned(),
                    chapter: chapter_of(&chapter),
                    text: text.to_owned(),
                });
            }
        }
    }
    found
}

#[test]
fn every_prediction_is_checked_by_its_chapter() {
    let all = all();
    let asked: BTreeSet<_> =
        all.iter().map(|it| (it.chapter.as_str(), it.name.as_str())).collect();
    assert_eq!(asked.len(), all.len(), "a prediction is asked twice");
    let checked: BTreeSet<_> = CHAPTERS
        .iter()
        .flat_map(|(chapter, names)| names.iter().map(move |name| (*chapter, *name)))
        .collect();
    let unchecked: Vec<_> = asked.difference(&checked).collect();
    let unasked: Vec<_> = checked.difference(&asked).collect();
    assert!(
        unchecked.is_empty() && unasked.is_empty(),
        "on pages, but in no chapter's `predictions!` in tests/: {unchecked:?}; there, but on no page: {unasked:?}"
    );
}
