//! Which call a program is blocked in, as far as the operating system tells.

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{
    doing, has_limit, has_taken, hurry, rests, sleeps, times_blocked, until_at_rest,
    waits_without_limit,
};
#[cfg(target_os = "linux")]
pub(crate) use linux::{
    doing, has_limit, has_taken, hurry, rests, sleeps, times_blocked, until_at_rest,
    waits_without_limit,
};

/// Whose calls are asked for.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nobody is asked there"))]
pub(crate) enum Whose<'a> {
    /// The threads of this process with that name. A thread that is not named gets the name of the one that started it.
    Threads(&'a str),
    /// Every thread of another process, and of those that it has started.
    Process(u32),
}

/// Which of a program's threads are told of.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nobody is asked there"))]
pub(crate) enum Which {
    /// All of them.
    All,
    /// All of them, while a certain connection waits to be accepted.
    NotAccepted,
    /// The one that a certain connection waits for.
    Thread,
    /// Those of the process that has a certain connection open, which isn't the one that was started.
    Process,
}

/// What the threads of a program are doing, each sort once, as one would say it after "was": `blocked in recv`, `busy`.
pub(crate) struct Doing {
    pub which: Which,
    pub calls: Vec<String>,
}

/// No way to ask: nothing is known, and everything seems to rest.
#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::{Doing, Which, Whose};
    use std::net::{SocketAddr, TcpStream};
    use std::time::Duration;

    pub fn doing(_: &Whose, _: Option<(SocketAddr, SocketAddr)>) -> Doing {
        Doing { which: Which::All, calls: Vec::new() }
    }

    /// A program that is right is right with any timing; one that is wrong is very likely found out.
    pub fn until_at_rest(_: &Whose, _: &TcpStream, most: Duration) -> bool {
        std::thread::sleep(most.min(Duration::from_millis(10)));
        true
    }

    pub fn rests(_: &Whose) -> bool {
        true
    }

    pub fn has_taken(_: &TcpStream) -> bool {
        true
    }

    pub fn waits_without_limit(_: &Whose) -> bool {
        false
    }

    pub fn sleeps(_: &Whose) -> bool {
        false
    }

    pub fn times_blocked(_: &Whose) -> Option<u64> {
        None
    }

    pub fn hurry(_: &Whose) -> Option<Duration> {
        None
    }

    pub fn has_limit(_: &Whose) -> bool {
        false
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{Doing, Which, Whose};
    use crate::processes::with_descendants;
    use crate::sockets::{descriptors, queues};
    use socket2::Socket;
    use std::fs;
    use std::net::{SocketAddr, TcpStream};
    use std::os::fd::{FromRawFd, OwnedFd};
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    /// A thread.
    struct Task {
        process: u32,
        path: PathBuf,
    }

    impl Task {
        fn read(&self, file: &str) -> String {
            fs::read_to_string(self.path.join(file)).unwrap_or_default()
        }

        fn state(&self) -> Option<char> {
            // The state follows the name, which stands in brackets and may hold anything.
            self.read("stat").rsplit_once(") ")?.1.chars().next()
        }
    }

    /// What the threads are doing: the one that serves this connection (its end at the program, and the other), if it can be told.
    pub fn doing(whose: &Whose, connection: Option<(SocketAddr, SocketAddr)>) -> Doing {
        let mut tasks = tasks(whose);
        let mut which = Which::All;
        let socket = connection.and_then(|(local, peer)| queues(local, peer));
        let socket = socket.filter(|socket| socket.is_open);
        let inode = socket.map(|socket| socket.inode);
        if inode == Some(0) {
            which = Which::NotAccepted;
        }
        if let Some(inode) = inode.filter(|inode| *inode != 0) {
            let open = |task: &Task| descriptors(task.process, inode);
            let of_connection = |task: &&Task| {
                call_and_arguments(task).is_some_and(|(number, arguments)| {
                    let first = arguments
                        .first()
                        .is_some_and(|it| open(task).contains(&(*it as i32)));
                    first && [RECV, SEND].contains(&by_number(number))
                })
            };
            let several = tasks.len() > 1;
            if let Some(at) = tasks.iter().position(|task| of_connection(&task)) {
                let task = tasks.swap_remove(at);
                which = match whose {
                    _ if !several => Which::All,
                    Whose::Process(started) if *started != task.process => Which::Process,
                    _ => Which::Thread,
                };
                tasks = vec![task];
            } else if let Whose::Process(started) = whose {
                let holds = |task: &Task| !open(task).is_empty();
                let elsewhere = tasks.iter().any(holds)
                    && !tasks.iter().any(|task| task.process == *started && holds(task));
                if elsewhere {
                    tasks.retain(holds);
                    which = Which::Process;
                }
            }
        }
        Doing { which, calls: calls(&tasks, connection) }
    }

    /// Looks several times: a thread that runs at any of them is not blocked.
    fn calls(
        tasks: &[Task],
        connection: Option<(SocketAddr, SocketAddr)>,
    ) -> Vec<String> {
        const LOOKS: usize = 20;
        let mut seen = vec![Vec::new(); tasks.len()];
        for _ in 0..LOOKS {
            for (task, seen) in tasks.iter().zip(&mut seen) {
                match task.state() {
                    None | Some('Z' | 'X') => {}
                    Some('R') => seen.push(None),
                    Some(_) => seen.push(call(task, connection)),
                }
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        // A thread of a language's own machinery runs now and then: one that is busy runs most of the time.
        let told = |seen: Vec<Option<&'static str>>| {
            let most = seen
                .iter()
                .max_by_key(|call| seen.iter().filter(|it| it == call).count());
            let count = seen.iter().filter(|call| Some(*call) == most).count();
            match most? {
                Some(call) if 4 * count >= 3 * seen.len() => Some(*call),
                _ => Some(BUSY),
            }
        };
        let mut found: Vec<&str> = seen.into_iter().filter_map(told).collect();
        found.sort_unstable();
        found.dedup();
        // Beside a thread that waits for the other side, those that wait for threads or for the clock are of no interest.
        if found.iter().any(|call| [ACCEPT, CONNECT, RECV, SEND].contains(call)) {
            found.retain(|call| ![THREAD, SLEEP, CHILD, OTHER].contains(call));
        }
        let blocked = |call: &str| match call {
            BUSY => BUSY.to_owned(),
            _ => format!("blocked in {call}"),
        };
        found.into_iter().map(blocked).collect()
    }

    /// Whether a thread sleeps now, in the call that `sleep` and its like make. (Go's own machinery makes another, all the time.)
    pub fn sleeps(whose: &Whose) -> bool {
        let call = |task: &Task| call_and_arguments(task).map(|(number, _)| number);
        tasks(whose).iter().any(|task| call(task) == Some(libc::SYS_clock_nanosleep))
    }

    /// How often the threads have given up the processor by themselves (proc_pid_status(5)): for each call that blocked, once.
    pub fn times_blocked(whose: &Whose) -> Option<u64> {
        let times = |task: Task| {
            let status = task.read("status");
            let mut lines = status.lines();
            let times =
                lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
            times.trim().parse::<u64>().ok()
        };
        tasks(whose).into_iter().map(times).sum()
    }

    /// Waits until the program has taken all that was sent to it over `connection`, so that what is sent next can't be taken
    /// together with it, and has said what it was going to say: until the bytes have been delivered, and none of its threads
    /// runs. Gives up after `most`, and gives false then: the program may rightly be doing something else.
    pub fn until_at_rest(whose: &Whose, connection: &TcpStream, most: Duration) -> bool {
        let (Ok(ours), Ok(theirs)) = (connection.local_addr(), connection.peer_addr())
        else {
            return true;
        };
        let start = Instant::now();
        let mut known = tasks(whose);
        while start.elapsed() < most {
            // An acknowledgement may be delayed, far longer than a delivery takes within one machine.
            let delivered = start.elapsed() > Duration::from_millis(1)
                || queues(ours, theirs).is_none_or(|queues| queues.unsent == 0);
            // A thread may rest on its way to its first call, so what it has not taken counts too.
            let taken = || queues(theirs, ours).is_none_or(|queues| queues.untaken == 0);
            if delivered && rests_of(&known) && taken() {
                // One that was started meanwhile counts as well.
                known = tasks(whose);
                if rests_of(&known) && taken() {
                    return true;
                }
            }
            std::thread::sleep(Duration::from_micros(100));
        }
        false
    }

    /// Whether none of the threads runs or has just ended.
    pub fn rests(whose: &Whose) -> bool {
        rests_of(&tasks(whose))
    }

    fn rests_of(tasks: &[Task]) -> bool {
        // A zombie has ended, and that is about to be noticed.
        !tasks.iter().any(|task| matches!(task.state(), Some('R' | 'Z' | 'X')))
    }

    /// Whether all that was sent over `connection` has been delivered and taken.
    pub fn has_taken(connection: &TcpStream) -> bool {
        let (Ok(ours), Ok(theirs)) = (connection.local_addr(), connection.peer_addr())
        else {
            return true;
        };
        queues(ours, theirs).is_none_or(|queues| queues.unsent == 0)
            && queues(theirs, ours).is_none_or(|queues| queues.untaken == 0)
    }

    /// Whether each thread is blocked in a call that no clock ends: only the other side does, or another thread. False if the
    /// system does not tell.
    pub fn waits_without_limit(whose: &Whose) -> bool {
        let tasks = tasks(whose);
        !tasks.is_empty()
            && tasks.iter().all(|task| {
                task.state() == Some('S') && is_without_limit(task).unwrap_or(false)
            })
    }

    fn is_without_limit(task: &Task) -> Option<bool> {
        let (number, arguments) = call_and_arguments(task)?;
        // A pointer to a time, or milliseconds of which -1 are none.
        let none = |argument: usize| Some(*arguments.get(argument)? == 0);
        let minus_one = |argument: usize| Some(*arguments.get(argument)? as i32 == -1);
        match number {
            libc::SYS_read | libc::SYS_readv | libc::SYS_recvfrom | libc::SYS_recvmsg => {
                let socket = socket(task, *arguments.first()? as i32)?;
                // What is not a socket has no time limit.
                Some(!matches!(socket.read_timeout(), Ok(Some(_))))
            }
            // A shell that waits for what it has started.
            libc::SYS_wait4 | libc::SYS_waitid => Some(true),
            libc::SYS_futex => none(3),
            libc::SYS_ppoll => none(2),
            libc::SYS_pselect6 => none(4),
            libc::SYS_epoll_pwait => minus_one(3),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_poll => minus_one(2),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_select => none(4),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_epoll_wait => minus_one(3),
            _ => Some(false),
        }
    }

    /// Shortens the time limit of a socket that a thread receives from, and gives what it was. It counts from the next `recv` on.
    pub fn hurry(whose: &Whose) -> Option<Duration> {
        let (socket, was) = limited(whose)?;
        socket.set_read_timeout(Some(Duration::from_millis(1))).ok()?;
        Some(was)
    }

    /// Whether a thread receives from a socket that has a time limit.
    pub fn has_limit(whose: &Whose) -> bool {
        limited(whose).is_some()
    }

    fn limited(whose: &Whose) -> Option<(Socket, Duration)> {
        tasks(whose).iter().find_map(|task| {
            let (_, arguments) = call_and_arguments(task)?;
            let socket = socket(task, *arguments.first()? as i32)?;
            let limit = socket.read_timeout().ok()??;
            Some((socket, limit))
        })
    }

    /// The number of the call that a thread is in, and its arguments (see proc_pid_syscall(5)).
    fn call_and_arguments(task: &Task) -> Option<(i64, Vec<u64>)> {
        let line = task.read("syscall");
        let mut words = line.split_ascii_whitespace();
        let number = words.next()?.parse().ok()?;
        let hexadecimal =
            |word: &str| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok();
        Some((number, words.map_while(hexadecimal).take(6).collect()))
    }

    /// Another handle for a file that the program has open, as if it were a socket. `None` if the system refuses.
    fn socket(task: &Task, descriptor: i32) -> Option<Socket> {
        let process = owned(libc::SYS_pidfd_open, [task.process as i32, 0, 0])?;
        let number = std::os::fd::AsRawFd::as_raw_fd(&process);
        owned(libc::SYS_pidfd_getfd, [number, descriptor, 0]).map(Socket::from)
    }

    /// What a call gives that makes a descriptor from numbers.
    #[expect(
        unsafe_code,
        reason = "pidfd_open(2) and pidfd_getfd(2) have no other way in"
    )]
    fn owned(call: i64, numbers: [i32; 3]) -> Option<OwnedFd> {
        // SAFETY: both calls take numbers only, and give a new descriptor, which is nobody else's.
        unsafe {
            let made = libc::syscall(call, numbers[0], numbers[1], numbers[2]);
            (made >= 0).then(|| OwnedFd::from_raw_fd(made as i32))
        }
    }

    fn sends((local, peer): (SocketAddr, SocketAddr)) -> bool {
        queues(local, peer).is_some_and(|queues| queues.unsent > 0)
    }

    fn tasks(whose: &Whose) -> Vec<Task> {
        let of = |process: u32| {
            let entries = fs::read_dir(format!("/proc/{process}/task"));
            let entries = entries.into_iter().flatten().flatten();
            entries.map(move |entry| Task { process, path: entry.path() })
        };
        match whose {
            Whose::Threads(name) => of(std::process::id())
                .filter(|task| task.read("comm").trim_end() == *name)
                .collect(),
            // A child that has ended is of no interest, even if nobody has asked for its status.
            Whose::Process(id) => with_descendants(*id)
                .into_iter()
                .flat_map(of)
                .filter(|task| {
                    task.process == *id || !matches!(task.state(), Some('Z' | 'X'))
                })
                .collect(),
        }
    }

    /// From the number of the call where the kernel tells it, else from the kernel's function that the thread sleeps in.
    fn call(
        task: &Task,
        connection: Option<(SocketAddr, SocketAddr)>,
    ) -> Option<&'static str> {
        let number = task.read("syscall");
        if let Some(Ok(number)) = number.split_ascii_whitespace().next().map(str::parse) {
            return Some(by_number(number));
        }
        Some(match task.read("wchan").as_str() {
            "0" | "" => return None,
            "inet_csk_accept" => ACCEPT,
            "inet_stream_connect" | "__inet_stream_connect" | "inet_wait_for_connect" => {
                CONNECT
            }
            "sk_stream_wait_memory" => SEND,
            // Both recv and send sleep here: who has bytes left to send is sending.
            "wait_woken" if connection.is_some_and(sends) => SEND,
            "wait_woken" => RECV,
            wait if wait.starts_with("futex") => THREAD,
            wait if wait.contains("nanosleep") => SLEEP,
            wait if wait.starts_with("poll") || wait.starts_with("ep_poll") => POLL,
            wait if wait.starts_with("do_wait") => CHILD,
            _ => OTHER,
        })
    }

    const BUSY: &str = "busy, not blocked: it goes round and round";
    const ACCEPT: &str = "accept (it waits for the next connection)";
    const CONNECT: &str = "connect (it waits for the other side's answer)";
    const RECV: &str = "recv (it waits for bytes)";
    const SEND: &str = "send (it waits until the other side takes more)";
    const THREAD: &str = "a wait for another of its threads (join, lock or channel)";
    const SLEEP: &str = "a sleep (it waits for the clock)";
    const POLL: &str = "poll (it waits until one of several sockets is ready)";
    const CHILD: &str = "a wait for a process that it has started";
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
            libc::SYS_wait4 | libc::SYS_waitid => CHILD,
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep => SLEEP,
            libc::SYS_ppoll | libc::SYS_pselect6 | libc::SYS_epoll_pwait => POLL,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_poll | libc::SYS_select | libc::SYS_epoll_wait => POLL,
            _ => OTHER,
        }
    }
}
