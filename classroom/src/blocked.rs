//! Which call a program is blocked in, as far as the operating system tells.

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{
    calls, has_taken, hurry, rests, until_at_rest, waits_without_limit,
};
#[cfg(target_os = "linux")]
pub(crate) use linux::{
    calls, has_taken, hurry, rests, until_at_rest, waits_without_limit,
};

/// Whose calls are asked for.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nobody is asked there"))]
pub(crate) enum Whose<'a> {
    /// The threads of this process with that name. A thread that is not named gets the name of the one that started it.
    Threads(&'a str),
    /// Every thread of another process.
    Process(u32),
}

/// No way to ask: nothing is known, and everything seems to rest.
#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::Whose;
    use std::net::{SocketAddr, TcpStream};
    use std::time::Duration;

    pub fn calls(_: &Whose, _: &[(SocketAddr, SocketAddr)]) -> Vec<String> {
        Vec::new()
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

    pub fn hurry(_: &Whose) -> Option<Duration> {
        None
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::Whose;
    use socket2::{Domain, Protocol, Socket, Type};
    use std::fs;
    use std::io::Read;
    use std::net::{SocketAddr, TcpStream};
    use std::os::fd::{FromRawFd, OwnedFd};
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    /// What the threads are doing, each sort once, as one would say it after "was": `blocked in recv`, `busy`.
    pub fn calls(whose: &Whose, connections: &[(SocketAddr, SocketAddr)]) -> Vec<String> {
        let mut found: Vec<String> =
            tasks(whose).filter_map(|task| doing(&task, connections)).collect();
        found.sort();
        found.dedup();
        found
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
        while start.elapsed() < most {
            // An acknowledgement may be delayed, far longer than a delivery takes within one machine.
            let delivered = start.elapsed() > Duration::from_millis(1)
                || queues(ours, theirs).is_none_or(|queues| queues.unsent == 0);
            // A thread may rest on its way to its first call, so what it has not taken counts too.
            let taken = || queues(theirs, ours).is_none_or(|queues| queues.untaken == 0);
            if delivered && rests(whose) && taken() {
                return true;
            }
            std::thread::sleep(Duration::from_micros(100));
        }
        false
    }

    /// Whether none of the threads runs or has just ended.
    pub fn rests(whose: &Whose) -> bool {
        // A zombie has ended, and that is about to be noticed.
        !tasks(whose).any(|task| matches!(state(&task), Some('R' | 'Z' | 'X')))
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
        let mut tasks = tasks(whose).peekable();
        tasks.peek().is_some()
            && tasks.all(|task| {
                state(&task) == Some('S')
                    && is_without_limit(whose, &task).unwrap_or(false)
            })
    }

    fn is_without_limit(whose: &Whose, task: &Path) -> Option<bool> {
        let (number, arguments) = call_and_arguments(task)?;
        // A pointer to a time, or milliseconds of which -1 are none.
        let none = |argument: usize| Some(*arguments.get(argument)? == 0);
        let minus_one = |argument: usize| Some(*arguments.get(argument)? as i32 == -1);
        match number {
            libc::SYS_read | libc::SYS_readv | libc::SYS_recvfrom | libc::SYS_recvmsg => {
                let socket = socket(whose, *arguments.first()? as i32)?;
                // What is not a socket has no time limit.
                Some(!matches!(socket.read_timeout(), Ok(Some(_))))
            }
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
        tasks(whose).find_map(|task| {
            let (_, arguments) = call_and_arguments(&task)?;
            let socket = socket(whose, *arguments.first()? as i32)?;
            let was = socket.read_timeout().ok()??;
            socket.set_read_timeout(Some(Duration::from_millis(1))).ok()?;
            Some(was)
        })
    }

    /// The number of the call that a thread is in, and its arguments (see proc_pid_syscall(5)).
    fn call_and_arguments(task: &Path) -> Option<(i64, Vec<u64>)> {
        let line = read(task, "syscall");
        let mut words = line.split_ascii_whitespace();
        let number = words.next()?.parse().ok()?;
        let hexadecimal =
            |word: &str| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok();
        Some((number, words.map_while(hexadecimal).take(6).collect()))
    }

    /// Another handle for a file that the program has open, as if it were a socket. `None` if the system refuses.
    fn socket(whose: &Whose, descriptor: i32) -> Option<Socket> {
        let process = match whose {
            Whose::Threads(_) => std::process::id(),
            Whose::Process(id) => *id,
        };
        let process = owned(libc::SYS_pidfd_open, [process as i32, 0, 0])?;
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

    /// Bytes that wait in the buffers of a socket.
    pub struct Queues {
        /// In the send buffer, or sent and not acknowledged.
        pub unsent: u32,
        /// In the receive buffer.
        pub untaken: u32,
    }

    /// Asks the kernel for a connection's socket, of whatever program, by its addresses (see sock_diag(7)). `None` if there is
    /// none, if it is not of IPv4, or if the kernel does not tell.
    pub fn queues(local: SocketAddr, peer: SocketAddr) -> Option<Queues> {
        const NETLINK: i32 = 16;
        const SOCK_DIAG: i32 = 4;
        const SOCK_DIAG_BY_FAMILY: u16 = 20;
        const REQUEST: u16 = 1;
        const LENGTH: usize = 72;
        let (SocketAddr::V4(local), SocketAddr::V4(peer)) = (local, peer) else {
            return None;
        };
        // struct nlmsghdr
        let mut request = Vec::with_capacity(LENGTH);
        request.extend((LENGTH as u32).to_ne_bytes());
        request.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        request.extend(REQUEST.to_ne_bytes());
        request.extend([0; 8]);
        // struct inet_diag_req_v2: IPv4, TCP, any state; ports and addresses; any interface, no cookie
        request.extend([libc::AF_INET as u8, libc::IPPROTO_TCP as u8, 0, 0]);
        request.extend([0xff; 4]);
        request.extend(local.port().to_be_bytes());
        request.extend(peer.port().to_be_bytes());
        for address in [local.ip(), peer.ip()] {
            request.extend(address.octets());
            request.extend([0; 12]);
        }
        request.extend([0; 4]);
        request.extend([0xff; 8]);

        let mut kernel = Socket::new(
            Domain::from(NETLINK),
            Type::DGRAM,
            Some(Protocol::from(SOCK_DIAG)),
        )
        .ok()?;
        kernel.set_read_timeout(Some(Duration::from_millis(100))).ok()?;
        kernel.send(&request).ok()?;
        let mut answer = [0; 512];
        let count = kernel.read(&mut answer).ok()?;
        if answer[4..6] != SOCK_DIAG_BY_FAMILY.to_ne_bytes() {
            return None;
        }
        // struct nlmsghdr, then struct inet_diag_msg
        let number = |at: usize| -> Option<u32> {
            let bytes = answer[..count].get(at..at + 4)?;
            Some(u32::from_ne_bytes(bytes.try_into().ok()?))
        };
        Some(Queues { untaken: number(72)?, unsent: number(76)? })
    }

    fn sends((local, peer): &(SocketAddr, SocketAddr)) -> bool {
        queues(*local, *peer).is_some_and(|queues| queues.unsent > 0)
    }

    fn tasks(whose: &Whose) -> impl Iterator<Item = PathBuf> {
        let folder = match whose {
            Whose::Threads(_) => PathBuf::from("/proc/self/task"),
            Whose::Process(id) => PathBuf::from(format!("/proc/{id}/task")),
        };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|task| match whose {
            Whose::Threads(name) => read(task, "comm").trim_end() == *name,
            Whose::Process(_) => true,
        })
    }

    fn state(task: &Path) -> Option<char> {
        // The state follows the name, which stands in brackets and may hold anything.
        read(task, "stat").rsplit_once(") ")?.1.chars().next()
    }

    /// Looks several times: a thread that runs at any of them is not blocked.
    fn doing(task: &Path, connections: &[(SocketAddr, SocketAddr)]) -> Option<String> {
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
    fn call(
        task: &Path,
        connections: &[(SocketAddr, SocketAddr)],
    ) -> Option<&'static str> {
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::linux::queues;
    use std::io::Write;
    use std::net::TcpStream;

    #[test]
    fn the_kernel_tells_what_has_not_been_taken() {
        let (mut one, other) = crate::connected_pair::<TcpStream>().expect("a pair");
        one.write_all(b"hello").expect("it fits");
        let (ours, theirs) =
            (one.local_addr().expect("bound"), other.local_addr().expect("bound"));
        let queues = queues(theirs, ours).expect("the connection is known");
        assert_eq!((queues.untaken, queues.unsent), (5, 0));
    }
}
