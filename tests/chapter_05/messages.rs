//! The error messages that the page on what can go wrong explains.

use std::io;

use crate::examples::root;

/// Each section's title is what Linux says for the numbers that the section names.
#[test]
fn the_numbers_on_the_page_are_those_of_linux() {
    let page = root().join("chapters/05_threaded_server/05_what_can_go_wrong.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let mut numbers = 0;
    for section in page.split("\n### ").skip(1) {
        let title = section.lines().next().unwrap_or_default();
        for after in section.split("os error ").skip(1) {
            let Some((number, _)) = after.split_once(" on Linux") else { continue };
            let number = number.parse().expect("a number stands before `on Linux`");
            let error = io::Error::from_raw_os_error(number).to_string();
            let message = error.split(" (os error").next().unwrap_or_default();
            assert!(title.contains(message), "{number} is {message:?}, not {title:?}");
            numbers += 1;
        }
    }
    assert!(numbers > 0, "the page names no numbers");
}
