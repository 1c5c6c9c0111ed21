//! Ends programs with all that they have started, and what that has started: `go run` and `sh -c` are not the server, they only
//! start it, and a server may go on in the background when the command that started it has ended.

use std::io::{self, Write};
use std::iter;
use std::process::{self, Child, Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};
use std::thread;
use std::time::Duration;
use sysinfo::{
    Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System,
    UpdateKind,
};

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
    end_each(|system, process| {
        // One that has ended by itself has given its number back, perhaps to another process.
        let descends = matches!(child.try_wait(), Ok(None))
            && descends(system, process, Pid::from_u32(child.id()));
        descends || mark_of(process) == Some(mark)
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

/// Does this while no program is being started: until it is executed, a new process has all sockets of this one.
pub(crate) fn while_none_starts<T>(body: impl FnOnce() -> T) -> T {
    let _open = OPEN.write().unwrap_or_else(PoisonError::into_inner);
    body()
}

/// Does what a command of the grader is there for, given its arguments, and ends every program that it has started, with all that
/// those have started, also if it is told to end meanwhile (Ctrl-C). An error is printed, unless it is empty: all has been
/// said then.
pub fn command(body: impl FnOnce(&[&str]) -> Result<(), String>) -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned()).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    #[cfg(target_os = "linux")]
    adopt_orphans();
    let interrupted = || {
        end_all();
        process::exit(130);
    };
    let ready = ctrlc::set_handler(interrupted)
        .map_err(|error| format!("error: can't prepare for Ctrl-C: {error}"));
    let done = check_limit().and(ready).and_then(|()| body(&arguments));
    end_all();
    let Err(error) = done else { return ExitCode::SUCCESS };
    if !error.is_empty() {
        _ = writeln!(io::stderr(), "{}", error.trim_end());
    }
    ExitCode::FAILURE
}

/// Ends every program that this process has started, and lets it start no more.
fn end_all() {
    *OPEN.write().unwrap_or_else(PoisonError::into_inner) = false;
    let own = Pid::from_u32(process::id());
    let mark = format!("{own}-");
    // They may have cleared their environment, and with it the mark.
    end_each(|system, process| {
        descends(system, process, own)
            || mark_of(process).is_some_and(|it| it.starts_with(&mark))
    });
}

/// A program that has lost its parent becomes a child of this process (PR_SET_CHILD_SUBREAPER(2const)).
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "prctl(2) has no other way in")]
fn adopt_orphans() {
    // SAFETY: this operation takes a number and touches no memory.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
}

/// Ends the processes that `is_one` picks, and what they have started meanwhile.
fn end_each(mut is_one: impl FnMut(&System, &Process) -> bool) {
    for _ in 0..100 {
        let kill = |process: &Process| process.kill();
        if each(&mut is_one, kill) == 0 {
            return;
        }
        thread::sleep(Duration::from_millis(1)); // the kernel needs a moment
    }
}

/// A process and all that descend from it, as long as none in between has ended.
#[cfg(target_os = "linux")]
pub(crate) fn with_descendants(id: u32) -> Vec<u32> {
    let mut found = vec![id];
    let mut at = 0;
    while let Some(&process) = found.get(at) {
        at += 1;
        found.extend(children(process));
    }
    found
}

/// The children of a process, as its threads have them (proc_pid_task_tid_children(5)): that is asked for often, and looking
/// through all processes would cost too much.
#[cfg(target_os = "linux")]
fn children(process: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task"));
    let threads = threads.into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| {
        std::fs::read_to_string(thread.path().join("children")).ok()
    });
    lists
        .flat_map(|list| {
            list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}

/// The processes with this mark that run, where the system tells the environment of a process.
#[cfg(target_os = "linux")]
pub(crate) fn marked(mark: &str) -> Vec<u32> {
    let found = std::sync::Mutex::new(Vec::new());
    each(
        |_, process| mark_of(process) == Some(mark),
        |process| {
            crate::mutex::lock(&found).push(process.pid().as_u32());
            true
        },
    );
    found.into_inner().unwrap_or_default()
}

/// Whether a process with this mark runs.
pub(crate) fn runs(mark: &str) -> bool {
    each(|_, process| mark_of(process) == Some(mark), |_| true) > 0
}

/// Does something with each of the processes that run, other than this one, which `is_one` picks. Gives how many those were.
fn each(
    mut is_one: impl FnMut(&System, &Process) -> bool,
    act: impl Fn(&Process) -> bool,
) -> usize {
    let kind = ProcessRefreshKind::nothing().with_environ(UpdateKind::Always);
    let mut look = || {
        let mut system = System::new();
        system.refresh_processes_specifics(
            ProcessesToUpdate::All,
            true,
            kind.without_tasks(),
        );
        let runs = |process: &&Process| {
            // It has ended and only waits to be asked for its status.
            !matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead)
                && process.pid().as_u32() != process::id()
        };
        let found = system.processes().values().filter(runs);
        found.filter(|process| is_one(&system, process)).map(&act).count()
    };
    // One that starts another and ends while we look is missed, and so is the other: a daemon does that twice.
    (0..4).map(|_| look()).find(|count| *count > 0).unwrap_or(0)
}

/// The mark that a process carries, where the system tells.
fn mark_of(process: &Process) -> Option<&str> {
    process
        .environ()
        .iter()
        .find_map(|variable| variable.to_str()?.strip_prefix(VARIABLE)?.strip_prefix('='))
}

/// Whether a process is this one, or one of its descendants.
fn descends(system: &System, process: &Process, ancestor: Pid) -> bool {
    let parent = |process: &&Process| system.process(process.parent()?);
    // The numbers of the dead are given again, so that on Windows a process may seem to be its own ancestor.
    let mut line = iter::successors(Some(process), parent).take(1000);
    line.any(|process| process.pid() == ancestor)
}
