//! The recorder seen from outside: what is to be recorded, whether all tools are there, and what becomes of the result.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::compare;
use crate::namespace::{self, Setup};
use crate::recording::{self, Recording};
use crate::scratch::Scratch;
use crate::signals::Signals;
use stage::scenarios::{Scenario, recorded};
use tempfile::Builder;

/// Files beyond this size make a page heavy.
const BIGGEST_FILE: usize = 60_000;

pub async fn run(
    root: &Path,
    target: &Path,
    args: &[String],
    signals: &mut Signals,
) -> Result<()> {
    if let Some(setup) = Setup::from_args(args) {
        return namespace::record(setup?);
    }
    let check = args.iter().any(|arg| arg == "--check");
    let names: Vec<&str> =
        args.iter().map(String::as_str).filter(|arg| *arg != "--check").collect();
    let scenarios = find(&names)?;
    check_tools()?;

    let programs = build(root, target, &scenarios, signals).await?;
    let dir = Scratch::new_in(&std::path::absolute(target)?)?;

    let mut new = Vec::new();
    for scenario in &scenarios {
        let json = record(scenario, &programs, dir.path(), signals).await?;
        if json.len() > BIGGEST_FILE {
            bail!(
                "the recording of {} has {} bytes, more than {BIGGEST_FILE}: make the scenario shorter",
                scenario.name,
                json.len()
            );
        }
        if check {
            check_against(root, scenario, &json)?;
        }
        new.push((*scenario, json));
    }
    if check {
        check_for_strays(root)?;
        println!("{} recordings are as committed", new.len());
        return Ok(());
    }
    write(root, &new).context("can't write the recordings")?;
    println!("recorded {} scenarios into chapters/", new.len());
    Ok(())
}

/// The scenarios of these names, each a scenario's or how a scenario's begins: `03` is chapter 3. All if there are none.
fn find(names: &[&str]) -> Result<Vec<&'static Scenario>> {
    if names.is_empty() {
        return Ok(recorded().collect());
    }
    let is = |scenario: &Scenario, name: &str| {
        let rest = scenario.name.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    for name in names {
        if name.starts_with('-') {
            bail!(
                "`{name}` isn't an option of `cargo book record`: there is only `--check`"
            );
        }
        if !recorded().any(|scenario| is(scenario, name)) {
            let known: Vec<_> = recorded().map(|scenario| scenario.name).collect();
            bail!("there is no scenario `{name}`; there are: {}", known.join(", "));
        }
    }
    let wanted = |scenario: &&Scenario| names.iter().any(|name| is(scenario, name));
    Ok(recorded().filter(wanted).collect())
}

/// Fails with a line that says what is missing and how to get it.
fn check_tools() -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        bail!(
            "recording takes root, for a network of its own and the kernel's trace: \
             sudo -E env \"PATH=$PATH\" cargo book record"
        );
    }
    for (tool, version, package) in [
        ("unshare", "--version", "util-linux"),
        ("mount", "--version", "mount"),
        ("ip", "-Version", "iproute2"),
        ("strace", "--version", "strace"),
        ("tcpdump", "--version", "tcpdump"),
    ] {
        match Command::new(tool).arg(version).output() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!(
                    "recording takes `{tool}`, which is not there: apt install {package}"
                )
            }
            tried => drop(tried.with_context(|| format!("can't run `{tool}`"))?),
        }
    }
    Ok(())
}

/// Builds the examples that take part, in a folder of their own and with frame pointers, so that strace finds the way
/// from a call to the example's line. Returns the folder where they are.
async fn build(
    root: &Path,
    target: &Path,
    scenarios: &[&Scenario],
    signals: &mut Signals,
) -> Result<PathBuf> {
    let programs = scenarios.iter().flat_map(|scenario| scenario.programs());
    let examples: BTreeSet<&str> = programs.map(recording::example).collect();

    let target = target.join("recorded");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--target-dir"]).arg(&target).current_dir(root);
    command.args(examples.into_iter().flat_map(|example| ["--example", example]));
    command.env_remove("CARGO_ENCODED_RUSTFLAGS");
    command.env("RUSTFLAGS", "-C force-frame-pointers=yes");
    command.stdin(Stdio::null());
    let status = run_until_told(command, signals).await?;
    if !status.success() {
        bail!("the examples do not build");
    }
    Ok(target.join("debug/examples"))
}

/// Records one scenario in a namespace of its own.
async fn record(
    scenario: &Scenario,
    programs: &Path,
    dir: &Path,
    signals: &mut Signals,
) -> Result<String> {
    let output = dir.join(scenario.name);
    fs::create_dir(&output)
        .with_context(|| format!("can't make {}", output.display()))?;
    let setup = Setup {
        scenario: scenario.name.to_owned(),
        programs: programs.to_owned(),
        output: output.clone(),
        outside: std::process::id(),
    };
    let mut command = Command::new("unshare");
    command
        .args(["--net", "--mount", "--pid", "--fork", "--kill-child"])
        .arg(std::env::current_exe().context("can't find the program itself")?)
        .arg("record")
        .args(setup.to_args()?)
        // Nothing is ever written to it: its end tells that we are gone, or that it is to end.
        .stdin(Stdio::piped());
    let status = run_until_told(command, signals).await?;
    if !status.success() {
        bail!("{} could not be recorded", scenario.name);
    }
    let file = output.join(namespace::RESULT);
    fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))
}

/// Runs a command, and ends it when we are told to end: only we do, for the terminal's Ctrl-C does not reach it.
async fn run_until_told(command: Command, signals: &mut Signals) -> Result<ExitStatus> {
    let mut command = tokio::process::Command::from(command);
    let child = command.process_group(0).kill_on_drop(true).spawn();
    let mut child = child
        .with_context(|| format!("can't run {:?}", command.as_std().get_program()))?;
    let lifeline = child.stdin.take();
    tokio::select! {
        status = child.wait() => return Ok(status?),
        () = signals.next() => {}
    }
    let group = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
    if let Some(lifeline) = lifeline {
        drop(lifeline);
    } else if let Some(group) = group {
        kill_process_group(group, Signal::TERM)?;
    }
    signals.finish(child.wait()).await?;
    bail!("told to end")
}

fn check_against(root: &Path, scenario: &Scenario, new: &str) -> Result<()> {
    let name = scenario.name;
    let committed = Recording::read(name, root)?;
    match compare::difference(&committed, &Recording::from_json(new)?) {
        None => Ok(()),
        Some(difference) => {
            bail!(
                "the recording of {name} is out of date: `cargo book record {name}` refreshes it\n{difference}"
            )
        }
    }
}

/// Fails if there is a recording that no scenario makes.
fn check_for_strays(root: &Path) -> Result<()> {
    for folder in fs::read_dir(root.join("chapters")).context("can't list chapters/")? {
        for file in fs::read_dir(folder?.path()).into_iter().flatten() {
            let file = file?.path();
            let name = file.file_stem().unwrap_or_default();
            let is_recording = file.extension().is_some_and(|it| it == "json");
            if is_recording && !recorded().any(|scenario| name == scenario.name) {
                bail!("{} is of no scenario: delete it", file.display());
            }
        }
    }
    Ok(())
}

/// Writes them all: first beside the old ones, then in their place.
fn write(root: &Path, new: &[(&Scenario, String)]) -> Result<()> {
    let mut written = Vec::new();
    for (scenario, json) in new {
        let place = root.join(recording::path(scenario.name, root)?);
        let folder = place.parent().context("a recording is in a folder")?;
        let readable = Permissions::from_mode(0o644);
        let mut file = Builder::new().permissions(readable).tempfile_in(folder)?;
        file.write_all(json.as_bytes())?;
        written.push((file, place));
    }
    for (file, place) in written {
        file.persist(&place)?;
    }
    Ok(())
}
