//! The commands that recording takes, and the times that they write.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How long a tool may take for what takes it milliseconds.
pub const LIMIT: Duration = Duration::from_secs(20);

/// Runs a command that has to succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_owned();
    let output = command.output().with_context(|| format!("can't run {name:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// The word after `mark` in what `program --version` says first.
pub fn version_of(mark: &str, program: &str) -> Result<String> {
    let said = said_by(Command::new(program).arg("--version"))?;
    let mut words = said.split_whitespace().skip_while(|word| *word != mark).skip(1);
    let version = words.next();
    Ok(version.with_context(|| format!("`{program} --version` tells none"))?.to_owned())
}

/// The first line that a command writes.
pub fn said_by(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("can't run {command:?}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Microseconds since 1970.
pub type Micros = u64;

/// Reads seconds with six decimals, or fewer, as microseconds.
pub fn micros(text: &str) -> Result<Micros> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let micros = format!("{seconds}{fraction:0<6}").parse().ok();
    micros
        .filter(|_| fraction.len() <= 6)
        .with_context(|| format!("{text:?} isn't a time"))
}
