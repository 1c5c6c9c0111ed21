//! `cargo book record`: plays scenarios and records what happens, at three depths on one clock: the programs' calls, the
//! segments on the wire, the states of the sockets. `README.md` beside this file describes the result and the rules.

use anyhow::Result;

use crate::signals::Signals;

#[cfg(target_os = "linux")]
mod compare;
#[cfg(target_os = "linux")]
mod lines;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod merge;
#[cfg(target_os = "linux")]
mod namespace;
#[cfg(target_os = "linux")]
mod states;
#[cfg(target_os = "linux")]
mod strace;
#[cfg(target_os = "linux")]
mod wire;

/// Records the scenarios named, or those of the steps named, or all; with `--check`, compares them with what is
/// committed and writes nothing.
#[cfg(target_os = "linux")]
pub async fn run(args: &[String], signals: &mut Signals) -> Result<()> {
    linux::run(args, signals).await
}

/// Only Linux shows a program's calls, the wire and the states on one clock.
#[cfg(not(target_os = "linux"))]
pub async fn run(_args: &[String], _signals: &mut Signals) -> Result<()> {
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
        Some(seconds.parse::<Micros>().ok()? * 1_000_000 + fraction)
    };
    read().filter(|_| fraction.len() <= 6).with_context(|| format!("{text:?} is no time"))
}
