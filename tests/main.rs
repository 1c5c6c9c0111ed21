//! The whole workbook, checked: `cargo test`, or one chapter of it: `cargo test chapter_03`.
//!
//! - the crate `stage` says what is run at each step and runs it, and `transcripts/` has what
//!   each program prints, the very files that the pages show. After a change on purpose,
//!   `WORKBOOK_REFRESH=1 cargo test` writes them again from what the programs really print.
//! - `WORKBOOK_SERVER="python3 my_server.py {port}" cargo test chapter_05` runs the checks of
//!   chapter 5 on a server in any language, and `WORKBOOK_CLIENT` the same for a client. With
//!   `chapter_06` they are the checks of the line server. `{host}`, `{port}` and `{addr}` are filled in. See `bring_your_own`.
//! - `WORKBOOK_SECONDS` is how long anything may take before a test gives up (20), and
//!   `GRADER_SECONDS` how long the grader of chapter 5 waits for a program (3).

#[macro_use]
mod predictions;

mod bad_input;
mod bring_your_own;
mod examples;
mod peer;
mod transcripts;

/// Declares the chapters: a module each, whose tests `cargo test chapter_03` runs, and with them a
/// test that plays the chapter's scenarios.
macro_rules! chapters {
    ($($chapter:ident)*) => {
        $(mod $chapter;)*

        /// The chapters, and which predictions their tests check.
        const CHAPTERS: &[(&str, &[&str])] =
            &[$((stringify!($chapter), $chapter::predictions::CHECKED)),*];

        mod scenarios {
            $(#[test]
            fn $chapter() {
                crate::transcripts::check(stringify!($chapter));
            })*
        }
    };
}

chapters! { chapter_00 chapter_01 chapter_02 chapter_03 chapter_04 chapter_05 chapter_06 }

/// The module of the chapter to which something belongs that is named after its number: `02_bind`.
fn chapter_of(name: &str) -> String {
    format!("chapter_{}", name.split('_').next().unwrap_or_default())
}
