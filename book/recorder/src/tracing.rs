//! The kernel's trace of the states of sockets, as long as a scenario is played.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::time::{ClockId, DynamicClockId, clock_gettime, clock_gettime_dynamic};

use crate::states::{self, Change};
use crate::tools::Micros;
use crate::tools::run;

const TRACEFS: &str = "/sys/kernel/tracing";
const INSTANCE: &str = "tcp-step-by-step-";

/// An instance of the kernel's trace of our own, which disturbs no other. Dropping it removes it.
pub struct Tracing {
    /// Its folder.
    pub instance: PathBuf,
    clock_ahead: Micros,
}

impl Drop for Tracing {
    fn drop(&mut self) {
        remove_instance(&self.instance);
    }
}

/// It can be removed once nothing is enabled in it; if that fails, the next recording tries again.
pub fn remove_instance(instance: &Path) {
    let _ = fs::write(instance.join("events/enable"), "0");
    let _ = fs::remove_dir(instance);
}

impl Tracing {
    /// Must be called while `/proc` still shows the processes outside.
    pub fn start(outside: u32) -> Result<Self> {
        let instances = Path::new(TRACEFS).join("instances");
        if !instances.exists() {
            // The table of mounts is ours alone.
            run(Command::new("mount").args(["-t", "tracefs", "tracefs", TRACEFS])).context(
                "recording takes tracefs, which this kernel does not offer (CONFIG_FTRACE)",
            )?;
        }
        remove_leftovers(&instances);
        let instance = instances.join(format!("{INSTANCE}{outside}"));
        fs::create_dir(&instance).with_context(|| {
            format!("recording takes tracefs, but can't make {}", instance.display())
        })?;
        let tracing = Tracing { instance, clock_ahead: tai_ahead()? };
        tracing.set("trace_clock", "tai")?; // the one that keeps in step with the wall clock
        tracing
            .set("options/fields", "1")
            .context("recording takes Linux 6.4 or later")?;
        tracing.set("events/sock/inet_sock_set_state/enable", "1")?;
        Ok(tracing)
    }

    fn set(&self, file: &str, value: &str) -> Result<()> {
        let path = self.instance.join(file);
        fs::write(&path, value).with_context(|| format!("can't write {}", path.display()))
    }

    pub fn stop(self) -> Result<Vec<Change>> {
        self.set("events/sock/inet_sock_set_state/enable", "0")?;
        let path = self.instance.join("trace");
        let trace = fs::read_to_string(&path);
        let trace = trace.with_context(|| format!("can't read {}", path.display()))?;
        states::parse(&trace, self.clock_ahead)
    }
}

/// Removes the instances of recorders that were ended before they could do so.
fn remove_leftovers(instances: &Path) {
    for instance in fs::read_dir(instances).into_iter().flatten().flatten() {
        let name = instance.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(INSTANCE));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            remove_instance(&instance.path());
        }
    }
}

/// How far international atomic time is ahead of the wall clock: whole seconds, or nothing where nobody has set it.
fn tai_ahead() -> Result<Micros> {
    let wall = clock_gettime(ClockId::Realtime);
    let tai = clock_gettime_dynamic(DynamicClockId::Tai).context("no clock TAI")?;
    let ahead = Duration::try_from(tai - wall).context("the clock TAI is behind")?;
    Ok((ahead + Duration::from_millis(500)).as_secs() * 1_000_000)
}
