//! The predictions at the end of each chapter: what the page calls right is compared with
//! what a run gives.
//!
//! On a page a prediction is a code block of the language `predict NAME`: a question, and
//! choices as a task list, the right one ticked, each with an explanation below it.

use std::collections::BTreeMap;
use std::fs;

use crate::examples::root;

/// The right choice of the prediction of this name, as the page has it, without backticks.
pub fn right(name: &str) -> String {
    let (_, block) = all().remove(name).unwrap_or_else(|| panic!("no page asks {name}"));
    let mut right = block.lines().filter_map(|line| line.strip_prefix("- [x] "));
    let choice = right.next().unwrap_or_else(|| panic!("{name} has no right choice"));
    assert_eq!(right.next(), None, "{name} has two right choices");
    choice.replace('`', "")
}

/// Name, file and text of each prediction.
fn all() -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root().join("chapters")).expect("chapters can be listed") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let page = fs::read_to_string(&path).expect("a page is text");
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for block in page.split("\n```predict ").skip(1) {
            let (name, rest) = block.split_once('\n').unwrap_or((block, ""));
            let text = rest.split("\n```").next().unwrap_or_default();
            let asked = found.insert(name.to_owned(), (file.clone(), text.to_owned()));
            assert!(asked.is_none(), "{name} is asked twice");
        }
    }
    found
}

#[test]
fn every_prediction_is_checked_by_its_chapter() {
    let all = all();
    assert!(!all.is_empty(), "no page has a prediction");
    for (name, (file, _)) in all {
        right(&name);
        let chapter = root().join(format!("tests/chapter_{}.rs", &file[..2]));
        let tests = fs::read_to_string(&chapter).unwrap_or_default();
        let call = format!("right({name:?})");
        assert!(tests.contains(&call), "no test in {} says {call}", chapter.display());
    }
}
