//! Which call a program is blocked in, as far as the operating system tells.

use std::net::TcpStream;

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

/// Waits until the program has taken all that was sent to it over `connection`, so that what is sent next can't be taken
/// together with it, and has said what it was going to say: until the bytes have been delivered, and none of its threads runs.
/// Gives up soon: the program may rightly be doing something else.
pub(crate) fn until_at_rest(whose: &Whose, connection: &TcpStream) {
    #[cfg(target_os = "linux")]
    linux::until_at_rest(whose, connection);
    #[cfg(not(target_os = "linux"))]
    {
        // No way to ask. A program that is right is right with any timing; one that is wrong is very likely found out.
        _ = (whose, connection);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::Whose;
    use std::fs;
    use std::net::TcpStream;
    use std::os::fd::AsRawFd;
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

    pub fn until_at_rest(whose: &Whose, connection: &TcpStream) {
        let start = Instant::now();
        let runs = |task: PathBuf| state(&task) == Some('R');
        loop {
            // A thread that waits for bytes is made to run when they are delivered, and then they leave the send buffer: so
            // the order of the two questions matters. But an acknowledgement may be delayed, far longer than a delivery takes
            // within one machine.
            let delivered =
                unsent(connection) == 0 || start.elapsed() > Duration::from_millis(1);
            let rests = !tasks(whose).any(runs);
            if delivered && rests || start.elapsed() > Duration::from_millis(100) {
                return;
            }
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    /// How many bytes wait in the send buffer, or for their acknowledgement.
    fn unsent(connection: &TcpStream) -> i32 {
        let mut count: libc::c_int = 0;
        // SAFETY: the descriptor is open as long as `connection` lives, and SIOCOUTQ (which has the number of TIOCOUTQ)
        // writes one int.
        let done =
            unsafe { libc::ioctl(connection.as_raw_fd(), libc::TIOCOUTQ, &mut count) };
        if done == 0 { count } else { 0 }
    }

    /// Whether bytes wait in the send buffer of the local socket with these ports.
    fn sends(&(local, remote): &(u16, u16)) -> bool {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"]
            .map(|path| fs::read_to_string(path).unwrap_or_default());
        let mut lines = tables.iter().flat_map(|table| table.lines());
        let row = lines.find_map(|line| {
            let mut fields = line.split_ascii_whitespace().skip(1);
            let port =
                |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
            let ports = (port(fields.next()?)?, port(fields.next()?)?);
            let (send, _receive) = fields.nth(1)?.split_once(':')?;
            (ports == (local, remote)).then(|| u64::from_str_radix(send, 16).ok())?
        });
        row.is_some_and(|unsent| unsent > 0)
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
            "wait_woken" if connections.iter().any(sends) => SEND,
            "wait_woken" => RECV,
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
