//! What is watched in a process in which students' functions run: panics, exits, and memory.

use crate::mutex::lock;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::panic;
use std::sync::{Mutex, Once};
use std::thread;

use crate::story::Story;

/// What the name of a student's thread begins with.
pub(crate) const NAME: &str = "student ";

/// The first panic of each student, by the name of the function's thread.
static PANICS: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// The first panic of the student whose thread has this name: where it was, and its message.
pub(crate) fn panic(name: &str) -> Option<String> {
    lock(&PANICS).get(name).cloned()
}

/// Watches from now on, once a process.
pub(crate) fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        keep_panics();
        #[cfg(unix)]
        exits::tell();
        #[cfg(target_os = "linux")]
        memory::bound();
    });
}

/// The name of the student whose thread this is, if it is one's.
fn whose_thread() -> Option<String> {
    let name = match thread::current().name() {
        Some(name) => name.to_owned(),
        // Linux gives a thread without a name that of the thread which started it.
        None => fs::read_to_string("/proc/thread-self/comm").ok()?.trim_end().to_owned(),
    };
    name.starts_with(NAME).then_some(name)
}

/// Panics of students' functions are kept for the story.
fn keep_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let Some(name) = whose_thread() else { return usual(info) };
        let payload = info.payload();
        let message =
            match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
                (Some(message), _) => message,
                (_, Some(message)) => message.as_str(),
                _ => "no message",
            };
        let place = info
            .location()
            .map(|place| {
                format!("{}:{}: ", place.file().replace('\\', "/"), place.line())
            })
            .unwrap_or_default();
        lock(&PANICS).entry(name).or_insert(format!("{place}{message}"));
    }));
}

/// Tells a story about the process, which its test can't tell any more, and ends it.
#[cfg_attr(windows, expect(dead_code, reason = "there, nothing of this can be seen"))]
fn end(story: Story) -> ! {
    // Not by `eprintln`: the test runner would keep it for later.
    _ = writeln!(io::stderr(), "{story:?}");
    std::process::abort()
}

/// `exit(0)` in a student's function would end the test program before any test has failed, and its status would say that all
/// is well.
#[cfg(unix)]
mod exits {
    use super::{Story, end, whose_thread};

    /// Whether this is another thread than the process's first, as far as the system tells: `PID/task/TID`.
    fn is_another_thread() -> bool {
        let this = std::fs::read_link("/proc/thread-self").unwrap_or_default();
        let this = this.to_string_lossy();
        this.split_once("/task/").is_some_and(|(process, thread)| process != thread)
    }

    #[expect(unsafe_code, reason = "the system calls back: atexit(3)")]
    pub fn tell() {
        extern "C" fn at_exit() {
            // The thread that calls `exit` is the one that is here. The test runner calls it on the first.
            if whose_thread().is_some() || is_another_thread() {
                let headline =
                    "your code ended the whole program, with std::process::exit";
                end(Story::new(headline).ending(
                    "Return from the function instead: a server goes on with its other clients, a client gives what it has to its \
                     caller.",
                ));
            }
        }
        // SAFETY: the function is `extern "C"`, takes nothing, and does not unwind.
        unsafe { libc::atexit(at_exit) };
    }
}

/// A loop that prints, or keeps all that it is sent, takes memory until the machine has no more: the test runner keeps what is
/// printed.
#[cfg(target_os = "linux")]
mod memory {
    use super::{Story, end};
    use std::fs;
    use std::thread;
    use std::time::Duration;

    const MOST: usize = 128 << 20;

    pub fn bound() {
        let watch = || {
            while taken().is_none_or(|taken| taken < MOST) {
                thread::sleep(Duration::from_millis(10));
            }
            let much = format!("your program took more than {} MB of memory", MOST >> 20);
            end(Story::new(much).ending(
                "Does it print in a loop that never ends? Or keep all that it is sent, without a bound?",
            ));
        };
        // Without the watch, it is the machine that ends a program which takes too much.
        _ = thread::Builder::new().name("memory".to_owned()).spawn(watch);
    }

    /// How much memory this process has in use, in bytes (proc_pid_status(5)).
    fn taken() -> Option<usize> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kilobytes << 10)
    }
}
