//! Finds and runs the examples that the same `cargo test` has built.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::stage::Host;

/// The examples of this workspace, as a stage wants them.
pub struct Examples;

impl Host for Examples {
    fn command(&self, _name: &str, example: &str, arguments: &[String]) -> Command {
        let mut command = Command::new(path(example));
        command.args(arguments);
        command
    }

    fn limit(&self) -> Duration {
        limit()
    }
}

/// How long anything may take before a test gives up: `WORKBOOK_SECONDS`, or 20 seconds,
/// so long that only a machine that stands still makes a sound program fail.
pub fn limit() -> Duration {
    let seconds = env::var("WORKBOOK_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(20))
}

/// The built example: beside the folder in which this test program is.
///
/// Panics if it is missing or older than its source: `cargo test --test workbook` builds no
/// examples.
pub fn path(example: &str) -> PathBuf {
    let this = env::current_exe().expect("this program has a path");
    let profile =
        this.parent().and_then(Path::parent).expect("it is in target/PROFILE/deps");
    let built =
        profile.join("examples").join(format!("{example}{}", env::consts::EXE_SUFFIX));
    let source = root().join("examples").join(format!("{example}.rs"));

    let changed = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let (built_at, source_at) = (changed(&built), changed(&source));
    assert!(source_at.is_some(), "there is no example {example}");
    assert!(
        built_at >= source_at,
        "{} is missing or older than its source: run `cargo test`, which builds the examples",
        built.display()
    );
    built
}

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
