//! The sockets that programs have open, as Linux tells.

use procfs::net::{TcpNetEntry, TcpState};
use procfs::process::{FDTarget, Process};
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::BTreeMap;
use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

/// The sockets of a process: the number of each, and the descriptors it has for it.
fn open_sockets(process: &Process) -> BTreeMap<u64, Vec<i32>> {
    let mut open = BTreeMap::<u64, Vec<i32>>::new();
    for file in process.fd().into_iter().flatten().flatten() {
        if let FDTarget::Socket(number) = file.target {
            open.entry(number).or_default().push(file.fd);
        }
    }
    open
}

/// The descriptors that a process has for the socket with this number.
pub(crate) fn descriptors(process: u32, inode: u64) -> Vec<i32> {
    let process = Process::new(process as i32);
    process.ok().and_then(|it| open_sockets(&it).remove(&inode)).unwrap_or_default()
}

/// Where these processes listen.
pub(crate) fn listening(processes: &[u32]) -> Vec<SocketAddr> {
    let listens = |entry: &TcpNetEntry| entry.state == TcpState::Listen;
    of(processes, listens, |entry| entry.local_address)
}

/// What these processes are connected to, or try to connect to.
pub(crate) fn connected_to(processes: &[u32]) -> Vec<SocketAddr> {
    let connects = |entry: &TcpNetEntry| {
        matches!(entry.state, TcpState::Established | TcpState::SynSent)
    };
    of(processes, connects, |entry| entry.remote_address)
}

/// An address of each of the processes' sockets that `is_one` picks, each once.
fn of(
    processes: &[u32],
    is_one: impl Fn(&TcpNetEntry) -> bool,
    address: impl Fn(&TcpNetEntry) -> SocketAddr,
) -> Vec<SocketAddr> {
    let mut found = Vec::new();
    for process in processes.iter().filter_map(|id| Process::new(*id as i32).ok()) {
        let open = open_sockets(&process);
        let tables = [process.tcp(), process.tcp6()];
        let entries = tables.into_iter().flatten().flatten();
        let theirs =
            entries.filter(|entry| open.contains_key(&entry.inode) && is_one(entry));
        found.extend(theirs.map(|entry| address(&entry)));
    }
    found.sort();
    found.dedup();
    found
}

/// What the kernel tells of a connection's socket.
pub(crate) struct Queues {
    /// Bytes in the send buffer, or sent and not acknowledged.
    pub unsent: u32,
    /// Bytes in the receive buffer.
    pub untaken: u32,
    /// The number by which `/proc` calls it; 0 before it is accepted, and after it is closed.
    pub inode: u64,
    /// Whether it is still open, or waits to be accepted.
    pub is_open: bool,
}

/// Asks the kernel for a connection's socket, of whatever program, by its addresses (see sock_diag(7)). `None` if there is
/// none, if it is not of IPv4, or if the kernel does not tell.
pub(crate) fn queues(local: SocketAddr, peer: SocketAddr) -> Option<Queues> {
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

    let mut kernel =
        Socket::new(Domain::from(NETLINK), Type::DGRAM, Some(Protocol::from(SOCK_DIAG)))
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
    const ESTABLISHED: u8 = 1;
    const CLOSE_WAIT: u8 = 8;
    Some(Queues {
        untaken: number(72)?,
        unsent: number(76)?,
        inode: number(84)?.into(),
        is_open: [ESTABLISHED, CLOSE_WAIT].contains(&answer[17]),
    })
}

#[cfg(test)]
mod tests {
    use super::{descriptors, listening, queues};
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd;

    #[test]
    fn the_kernel_tells_what_has_not_been_taken() {
        let (mut one, other) = crate::connected_pair::<TcpStream>().expect("a pair");
        one.write_all(b"hello").expect("it fits");
        let (ours, theirs) =
            (one.local_addr().expect("bound"), other.local_addr().expect("bound"));
        let queues = queues(theirs, ours).expect("the connection is known");
        assert_eq!((queues.untaken, queues.unsent), (5, 0));
        let found = descriptors(std::process::id(), queues.inode);
        assert_eq!(found, [other.as_raw_fd()]);
    }

    #[test]
    fn a_connection_has_no_number_until_it_is_accepted() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let client = TcpStream::connect(address).expect("it listens");
        let ours = client.local_addr().expect("bound");
        let inode = || queues(address, ours).expect("the connection is known").inode;
        assert_eq!(inode(), 0);
        let _server = listener.accept().expect("there is one");
        assert_ne!(inode(), 0);
        assert!(listening(&[std::process::id()]).contains(&address));
    }
}
