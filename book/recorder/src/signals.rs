//! Being told to end: by Ctrl-C, by a system that shuts down, by a terminal that closes.

#[cfg(unix)]
use std::fs;
use std::io;

use anyhow::{Result, bail};
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close,
};

/// The signals that tell us to end. As long as this is there, they don't end us by themselves.
pub struct Signals {
    #[cfg(unix)]
    kinds: (Signal, Signal, Signal),
    #[cfg(windows)]
    kinds: (CtrlC, CtrlBreak, CtrlClose),
    /// Whether we go on when the terminal closes.
    stays: bool,
}

impl Signals {
    #[cfg(unix)]
    pub fn new() -> io::Result<Signals> {
        let stays = ignores_hangups();
        let kinds =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [interrupt, terminate, hangup] = kinds.map(signal);
        Ok(Signals { kinds: (interrupt?, terminate?, hangup?), stays })
    }

    #[cfg(windows)]
    pub fn new() -> io::Result<Signals> {
        Ok(Signals { kinds: (ctrl_c()?, ctrl_break()?, ctrl_close()?), stays: false })
    }

    /// Waits until we are told to end.
    pub async fn next(&mut self) {
        let (interrupt, terminate, hangup) = &mut self.kinds;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv(), if !self.stays => {}
        }
    }

    /// Does some work that leaves something behind if it is stopped halfway: told to end meanwhile, we end after it.
    pub async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut work = tokio::task::spawn_blocking(work);
        tokio::select! {
            done = &mut work => return done?,
            () = self.next() => {}
        }
        self.finish(work).await??;
        bail!("told to end")
    }

    /// Waits for the end of the work after we were told to end. Another Ctrl-C ends us at once. (The other signals may
    /// come twice by themselves: from a terminal that closes, and from the shell in it.)
    pub async fn finish<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            done = work => done,
            _ = self.kinds.0.recv() => std::process::exit(1),
        }
    }
}

/// Whether we were started with `nohup`. (Told on Linux only.)
#[cfg(unix)]
fn ignores_hangups() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.is_some_and(|bits| bits & 1 != 0) // SIGHUP is 1, the lowest bit
}
