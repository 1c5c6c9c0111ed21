//! Finds and runs the examples.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use stage::scenarios::Action;
use stage::{Launcher, Stage};

/// The examples of this workspace, as a stage wants them.
pub struct Examples;

impl Launcher for Examples {
    fn command(&self, _name: &str, example: &str, arguments: &[String]) -> Command {
        let mut command = Command::new(path(example));
        command.args(arguments);
        command
    }

    fn limit(&self) -> Duration {
        limit()
    }
}

/// A stage on which these examples have performed this.
pub fn played(actions: &[Action]) -> Stage {
    let mut stage = Stage::new(Box::new(Examples));
    perform(&mut stage, actions);
    stage
}

/// Has this performed, one action after the other. Panics with the story of what failed.
pub fn perform(stage: &mut Stage, actions: &[Action]) {
    for action in actions {
        stage.perform(action).unwrap_or_else(|story| panic!("{story}"));
    }
}

/// How long anything may take before a test gives up: `WORKBOOK_SECONDS`, or 20 seconds,
/// so long that only a machine that stands still makes a sound program fail.
pub fn limit() -> Duration {
    let seconds =
        grader::variable("WORKBOOK_SECONDS").unwrap_or_else(|story| panic!("{story}"));
    Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(20))
}

/// Runs an example, with the usual time limit, and without a backtrace after its error.
pub fn command(example: &str) -> assert_cmd::Command {
    within_limit(path(example))
}

/// Runs an example by another program, which is given its path as the last of these arguments.
#[cfg(target_os = "linux")]
pub fn command_by(
    program: &str,
    arguments: &[&str],
    example: &str,
) -> assert_cmd::Command {
    let mut command = within_limit(program);
    command.args(arguments).arg(path(example));
    command
}

fn within_limit(program: impl AsRef<OsStr>) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(program);
    command
        .timeout(limit())
        .env_remove("RUST_BACKTRACE")
        .env_remove("RUST_LIB_BACKTRACE");
    command
}

/// The built example: beside the folder in which this test program is.
///
/// `cargo test` has built it, `cargo test chapter_03` has not: with a name, Cargo builds tests
/// only. So what is missing or older than its source is built here.
pub fn path(example: &str) -> PathBuf {
    static BUILD: Mutex<()> = Mutex::new(());

    // Without it no test can do anything, and each says so at once.
    grader::loopback().unwrap_or_else(|story| panic!("{story}"));
    let this = env::current_exe().expect("this program has a path");
    let profile =
        this.parent().and_then(Path::parent).expect("it is in target/PROFILE/deps");
    let built =
        profile.join("examples").join(format!("{example}{}", env::consts::EXE_SUFFIX));
    let source = root().join("examples").join(format!("{example}.rs"));
    let changed = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    let is_fresh = || changed(&built) >= changed(&source);
    assert!(source.exists(), "there is no example {example}");

    let _one_at_a_time = BUILD.lock().unwrap_or_else(PoisonError::into_inner);
    if !is_fresh() {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .args([
                "build",
                "--quiet",
                "--package",
                "tcp-step-by-step",
                "--example",
                example,
            ])
            .current_dir(root());
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let done = cargo.status().is_ok_and(|status| status.success());
        assert!(
            done && is_fresh(),
            "{} can't be built: try `{cargo:?}`",
            built.display()
        );
    }
    built
}

/// The folder of the workspace.
pub fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests are in a folder of the workspace")
}
