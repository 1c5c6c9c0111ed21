//! Ends programs with all that they have started, and what that has started: `go run` and `sh -c` are not the server, they only
//! start it, and a server may go on in the background when the command that started it has ended.

use std::io;
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use crate::limit::check_limit;

/// The variable that holds a program's [`mark`].
const VARIABLE: &str = "GRADER_RUN";

/// Marks a command. What it starts inherits the mark in its environment, also after it has lost its parent.
pub(crate) fn mark(command: &mut Command) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let mark = format!("{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    command.env(VARIABLE, &mark);
    mark
}

/// Ends a program, its descendants and whatever carries its mark, and waits for it.
pub(crate) fn end(child: &mut Child, mark: &str) {
    end_each(|| {
        let mut left = marked(mark);
        // One that has ended by itself has given its number back, perhaps to another process.
        if let Ok(None) = child.try_wait() {
            left.extend(tree(child.id()));
        }
        left
    });
    _ = child.kill();
    _ = child.wait();
}

/// Whether programs may still be started: false once all are being ended. Held for reading while one is started.
static OPEN: RwLock<bool> = RwLock::new(true);

/// Starts a marked program, unless all are being ended.
pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    let open = OPEN.read().unwrap_or_else(PoisonError::into_inner);
    if !*open {
        return Err(io::Error::other("the grader is ending"));
    }
    command.spawn()
}

/// Does what a command of the grader is there for, and ends every program that it has started, with all that those have
/// started, also if it is told to end meanwhile (Ctrl-C).
pub fn command<T>(body: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    check_limit()?;
    #[cfg(target_os = "linux")]
    adopt_orphans();
    let interrupted = || {
        end_all();
        process::exit(130);
    };
    ctrlc::set_handler(interrupted)
        .map_err(|error| format!("error: can't prepare for Ctrl-C: {error}"))?;
    let done = body();
    end_all();
    done
}

/// Ends every program that this process has started, and lets it start no more.
fn end_all() {
    *OPEN.write().unwrap_or_else(PoisonError::into_inner) = false;
    let mark = format!("{}-", process::id());
    end_each(|| [marked(&mark), descendants()].concat());
}

/// What runs of this process's descendants. They may have cleared their environment, and with it the mark.
#[cfg(target_os = "linux")]
fn descendants() -> Vec<u32> {
    tree(process::id()).into_iter().skip(1).filter(|id| !has_ended(*id)).collect()
}

#[cfg(not(target_os = "linux"))]
fn descendants() -> Vec<u32> {
    Vec::new()
}

/// A program that has lost its parent becomes a child of this process (PR_SET_CHILD_SUBREAPER(2const)).
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "prctl(2) has no other way in")]
fn adopt_orphans() {
    // SAFETY: this operation takes a number and touches no memory.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
}

/// Whether a process has ended and only waits to be asked for its status, or is gone.
#[cfg(target_os = "linux")]
fn has_ended(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['Z', 'X']))
}

/// Ends what is left, and what it has started meanwhile.
fn end_each(mut left: impl FnMut() -> Vec<u32>) {
    for _ in 0..100 {
        let left = left();
        if left.is_empty() {
            return;
        }
        kill(&left);
        thread::sleep(Duration::from_millis(1)); // the kernel needs a moment
    }
}

/// Every process whose mark begins like this. Linux tells; elsewhere a program that leaves its parent isn't found.
#[cfg(target_os = "linux")]
pub(crate) fn marked(beginning: &str) -> Vec<u32> {
    let beginning = format!("{VARIABLE}={beginning}");
    let is_marked = |id: &u32| {
        let variables = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        let mut variables = variables.split(|byte| *byte == 0);
        variables.any(|variable| match beginning.ends_with('-') {
            true => variable.starts_with(beginning.as_bytes()),
            false => variable == beginning.as_bytes(),
        })
    };
    let own = process::id();
    let look = || ids().filter(|id| *id != own).filter(is_marked).collect();
    // One that starts another and ends while we look is missed, and so is the other: a daemon does that twice.
    let mut looks = std::iter::repeat_with(look).take(4);
    looks.find(|found: &Vec<u32>| !found.is_empty()).unwrap_or_default()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn marked(_beginning: &str) -> Vec<u32> {
    Vec::new()
}

/// A process and its descendants.
#[cfg(unix)]
fn tree(root: u32) -> Vec<u32> {
    let parents = parents();
    let mut tree = vec![root];
    let mut seen = 0;
    while let Some(&parent) = tree.get(seen) {
        tree.extend(parents.iter().filter(|pair| pair.1 == parent).map(|pair| pair.0));
        seen += 1;
    }
    tree
}

/// Windows ends a process together with its descendants.
#[cfg(windows)]
fn tree(root: u32) -> Vec<u32> {
    vec![root]
}

#[cfg(target_os = "linux")]
fn ids() -> impl Iterator<Item = u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|process| process.file_name().to_str()?.parse().ok())
}

/// Every process and its parent.
#[cfg(target_os = "linux")]
fn parents() -> Vec<(u32, u32)> {
    let with_parent = |id| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // After the name, which may hold anything, come the state and the parent.
        let (_, rest) = stat.rsplit_once(") ")?;
        Some((id, rest.split(' ').nth(1)?.parse().ok()?))
    };
    ids().filter_map(with_parent).collect()
}

/// Every process and its parent.
#[cfg(all(unix, not(target_os = "linux")))]
fn parents() -> Vec<(u32, u32)> {
    let table = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let table = table.map(|output| output.stdout).unwrap_or_default();
    let table = String::from_utf8_lossy(&table);
    let rows = table.lines().map(|line| line.split_ascii_whitespace().map(str::parse));
    rows.filter_map(|mut numbers| Some((numbers.next()?.ok()?, numbers.next()?.ok()?)))
        .collect()
}

#[cfg(unix)]
fn kill(ids: &[u32]) {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    // Every shell has `kill` built in.
    quietly(Command::new("sh").args(["-c", &format!("kill -KILL {}", ids.join(" "))]));
}

#[cfg(windows)]
fn kill(ids: &[u32]) {
    for id in ids {
        quietly(Command::new("taskkill").args(["/T", "/F", "/PID", &id.to_string()]));
    }
}

fn quietly(command: &mut Command) {
    // What can't be ended here has ended by itself.
    _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
