//! `cargo book record`: records the scenarios.

/// Records the named scenarios, or all; with `--check`, compares them with what is committed.
pub fn run(_args: &[String]) -> anyhow::Result<()> {
    anyhow::bail!("recording is not there yet")
}
