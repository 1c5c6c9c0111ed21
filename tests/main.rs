//! The whole workbook, checked: `cargo test`, or one chapter of it: `cargo test chapter_03`.
//!
//! - the crate `stage` says what is run at each step and runs it, and `transcripts/` has what
//!   each program prints, the very files that the pages show. After a change on purpose,
//!   `WORKBOOK_REFRESH=1 cargo test` writes them again from what the programs really print.
//! - `WORKBOOK_SERVER="python3 my_server.py {port}" cargo test chapter_05` runs the checks of
//!   chapter 5 on a server in any language, and `WORKBOOK_CLIENT` the same for a client.
//!   `{host}`, `{port}` and `{addr}` are filled in. See `bring_your_own`.
//! - `WORKBOOK_SECONDS` is how long anything may take before a test gives up (20), and
//!   `GRADER_SECONDS` how long the grader of chapter 5 waits for a program (3).

mod bad_input;
mod bring_your_own;
mod chapter_00;
mod chapter_01;
mod chapter_02;
mod chapter_03;
mod chapter_04;
mod chapter_05;
mod examples;
mod peer;
mod predictions;
mod transcripts;
