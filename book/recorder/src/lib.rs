//! The recorder of conversations: plays scenarios and records what happens, at three depths on one clock: the programs' calls, the
//! segments on the wire, the states of the sockets. `README.md` of this crate describes the result and the rules.
//!
//! The result is a [`recording`], which the book shows. Recording takes Linux; a recording can be read anywhere.

pub mod recording;
pub mod scratch;
pub mod signals;

#[cfg(target_os = "linux")]
mod capture;
#[cfg(target_os = "linux")]
mod compare;
#[cfg(target_os = "linux")]
mod lines;
#[cfg(target_os = "linux")]
mod merge;
#[cfg(target_os = "linux")]
mod namespace;
#[cfg(target_os = "linux")]
mod record;
#[cfg(target_os = "linux")]
mod states;
#[cfg(target_os = "linux")]
mod strace;
#[cfg(target_os = "linux")]
mod tools;
#[cfg(target_os = "linux")]
mod tracing;
#[cfg(target_os = "linux")]
mod wire;

#[cfg(all(test, target_os = "linux"))]
mod any_input;

use std::path::Path;

use anyhow::Result;

use signals::Signals;

/// Records the scenarios named, or those of the steps named, or all, of the workbook at `root`, with Cargo's folder `target` for what
/// is made on the way; with `--check`, compares them with what is committed and writes nothing.
#[cfg(target_os = "linux")]
pub async fn run(
    root: &Path,
    target: &Path,
    args: &[String],
    signals: &mut Signals,
) -> Result<()> {
    record::run(root, target, args, signals).await
}

/// Only Linux shows a program's calls, the wire and the states on one clock.
#[cfg(not(target_os = "linux"))]
pub async fn run(
    _root: &Path,
    _target: &Path,
    _args: &[String],
    _signals: &mut Signals,
) -> Result<()> {
    anyhow::bail!("can't record here: it takes Linux (strace, tcpdump and tracefs)")
}

/// Microseconds since 1970.
#[cfg(target_os = "linux")]
type Micros = u64;

/// Reads seconds with six decimals, or fewer, as microseconds.
#[cfg(target_os = "linux")]
fn micros(text: &str) -> Result<Micros> {
    use anyhow::Context;

    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let read = || {
        let fraction: Micros = format!("{fraction:0<6}").parse().ok()?;
        seconds.parse::<Micros>().ok()?.checked_mul(1_000_000)?.checked_add(fraction)
    };
    read().filter(|_| fraction.len() <= 6).with_context(|| format!("{text:?} is no time"))
}
