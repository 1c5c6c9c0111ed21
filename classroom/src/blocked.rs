//! Which call a program is blocked in, as far as the operating system tells.

/// Whose calls are asked for.
pub(crate) enum Whose<'a> {
    /// The threads of this process with that name. A thread that is not named gets the name of the one that started it.
    Threads(&'a str),
    /// Every thread of another process.
    Process(u32),
}

/// What the threads are doing, each sort once, as one would say it after "was": `blocked in recv`, `busy`.
///
/// Empty where the operating system does not tell: anywhere but on Linux.
pub(crate) fn calls(whose: &Whose, connections: &[(u16, u16)]) -> Vec<String> {
    #[cfg(target_os = "linux")]
    return linux::calls(whose, connections);
    #[cfg(not(target_os = "linux"))]
    {
        match whose {
            Whose::Threads(name) => _ = name,
            Whose::Process(id) => _ = id,
        }
        _ = connections;
        Vec::new()
    }
}

/// Waits until no thread is running. Gives up soon.
pub(crate) fn until_at_rest(whose: &Whose) {
    #[cfg(target_os = "linux")]
    linux::until_at_rest(whose);
    #[cfg(not(target_os = "linux"))]
    {
        _ = whose;
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Waits until the other end of a connection has taken all that was sent, so that what is sent next can't be
/// taken together with it. Gives up soon: the other end may rightly be doing something else.
///
/// `ours` and `theirs` are the two ports.
pub(crate) fn until_taken(ours: u16, theirs: u16) {
    use std::time::{Duration, Instant};
    if cfg!(target_os = "linux") {
        let end = Instant::now() + Duration::from_millis(100);
        while Instant::now() < end {
            match (queues(ours, theirs), queues(theirs, ours)) {
                (Some((0, _)), Some((_, 0))) | (None, _) | (_, None) => return,
                _ => std::thread::sleep(Duration::from_micros(200)),
            }
        }
    } else {
        // No way to ask. A program that is right is right with any timing; one that is wrong is very likely found out.
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// How many bytes wait in the send and the receive buffer of the local socket with these ports.
fn queues(local: u16, remote: u16) -> Option<(u64, u64)> {
    let table = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect::<String>();
    table.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let port =
            |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
        let (here, there) = (port(fields.next()?)?, port(fields.next()?)?);
        let (send, receive) = fields.nth(1)?.split_once(':')?;
        let count = |hexadecimal| u64::from_str_radix(hexadecimal, 16).ok();
        (here == local && there == remote).then_some((count(send)?, count(receive)?))
    })
}

#[cfg(target_os = "linux")]
mod linux {
    use super::Whose;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    pub fn calls(whose: &Whose, connections: &[(u16, u16)]) -> Vec<String> {
        let mut found: Vec<String> = tasks(whose)
            .filter_map(|task| doing(&task, connections))
            .collect();
        found.sort();
        found.dedup();
        found
    }

    pub fn until_at_rest(whose: &Whose) {
        let end = Instant::now() + Duration::from_millis(100);
        while tasks(whose).any(|task| state(&task) == Some('R')) && Instant::now() < end {
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    fn tasks(whose: &Whose) -> impl Iterator<Item = PathBuf> {
        let folder = match whose {
            Whose::Threads(_) => PathBuf::from("/proc/self/task"),
            Whose::Process(id) => PathBuf::from(format!("/proc/{id}/task")),
        };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|task| match whose {
                Whose::Threads(name) => read(task, "comm").trim_end() == *name,
                Whose::Process(_) => true,
            })
    }

    fn state(task: &Path) -> Option<char> {
        // The state follows the name, which stands in brackets and may hold anything.
        read(task, "stat").rsplit_once(") ")?.1.chars().next()
    }

    /// Looks several times: a thread that runs at any of them is not blocked.
    fn doing(task: &Path, connections: &[(u16, u16)]) -> Option<String> {
        const LOOKS: usize = 20;
        let mut seen = Vec::new();
        for _ in 0..LOOKS {
            seen.push(match state(task)? {
                'R' => None,
                'Z' | 'X' => return None,
                _ => call(task, connections),
            });
            std::thread::sleep(Duration::from_millis(1));
        }
        let first = seen[0];
        if seen.iter().any(|&call| call.is_none() || call != first) {
            return Some(String::from("busy, not blocked: it goes round and round"));
        }
        first.map(|call| format!("blocked in {call}"))
    }

    /// From the number of the call where the kernel tells it, else from the kernel's function that the thread sleeps in.
    fn call(task: &Path, connections: &[(u16, u16)]) -> Option<&'static str> {
        let number = read(task, "syscall");
        if let Some(Ok(number)) = number.split_ascii_whitespace().next().map(str::parse) {
            return Some(by_number(number));
        }
        Some(match read(task, "wchan").as_str() {
            "0" | "" => return None,
            "inet_csk_accept" => ACCEPT,
            "inet_stream_connect" | "__inet_stream_connect" | "inet_wait_for_connect" => {
                CONNECT
            }
            "sk_stream_wait_memory" => SEND,
            // Both recv and send sleep here: who has bytes left to send is sending.
            "wait_woken" => {
                let full = |&(theirs, ours): &(u16, u16)| {
                    super::queues(theirs, ours).is_some_and(|(unsent, _)| unsent > 0)
                };
                if connections.iter().any(full) {
                    SEND
                } else {
                    RECV
                }
            }
            wait if wait.starts_with("futex") => THREAD,
            wait if wait.contains("nanosleep") => SLEEP,
            wait if wait.starts_with("poll") || wait.starts_with("ep_poll") => POLL,
            _ => OTHER,
        })
    }

    const ACCEPT: &str = "accept (it waits for the next connection)";
    const CONNECT: &str = "connect (it waits for the other side's answer)";
    const RECV: &str = "recv (it waits for bytes)";
    const SEND: &str = "send (it waits until the other side takes more)";
    const THREAD: &str = "a wait for another of its threads (join, lock or channel)";
    const SLEEP: &str = "a sleep (it waits for the clock)";
    const POLL: &str = "poll (it waits until one of several sockets is ready)";
    const OTHER: &str = "a call that has nothing to do with sockets";

    fn by_number(number: i64) -> &'static str {
        match number {
            libc::SYS_accept4 | libc::SYS_accept => ACCEPT,
            libc::SYS_connect => CONNECT,
            libc::SYS_read | libc::SYS_readv | libc::SYS_recvfrom | libc::SYS_recvmsg => {
                RECV
            }
            libc::SYS_write | libc::SYS_writev | libc::SYS_sendto | libc::SYS_sendmsg => {
                SEND
            }
            libc::SYS_futex => THREAD,
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep => SLEEP,
            libc::SYS_ppoll | libc::SYS_pselect6 | libc::SYS_epoll_pwait => POLL,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_poll | libc::SYS_select | libc::SYS_epoll_wait => POLL,
            _ => OTHER,
        }
    }

    fn read(task: &Path, file: &str) -> String {
        fs::read_to_string(task.join(file)).unwrap_or_default()
    }
}
