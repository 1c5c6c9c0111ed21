//! What the kernel tells of connections: `/proc/net/tcp` (proc_pid_net(5)).

use std::net::SocketAddr;

use procfs::net::{TcpNetEntry, TcpState, tcp, tcp6};
use procfs::{ProcError, ProcResult};

/// All connections that the kernel knows of.
pub fn table() -> ProcResult<Vec<TcpNetEntry>> {
    let six = match tcp6() {
        Err(ProcError::NotFound(_)) => Vec::new(), // a kernel without IPv6
        six => six?,
    };
    Ok([tcp()?, six].concat())
}

/// Whether the end of a closed connection with this local address is in TIME-WAIT.
pub(crate) fn is_in_time_wait(local: SocketAddr, remote: SocketAddr) -> bool {
    let is_it =
        |it: &TcpNetEntry| it.local_address == local && it.remote_address == remote;
    let mut table = table().unwrap_or_default().into_iter();
    table.any(|it| it.state == TcpState::TimeWait && is_it(&it))
}

/// Whether a client waits for the answer to its `SYN` to this server.
pub(crate) fn is_connecting_to(server: SocketAddr) -> bool {
    let mut table = table().unwrap_or_default().into_iter();
    table.any(|it| it.state == TcpState::SynSent && it.remote_address == server)
}

/// How many bytes lie unread in the receive buffers of the connections of this server port,
/// on the server's side or on its clients', whether accepted or not. `None` if more bytes are
/// on their way there.
pub(crate) fn unread_bytes(server_port: u16, on_server: bool) -> Option<usize> {
    let mut unread = 0;
    for it in table().unwrap_or_default() {
        let (near, far) = (it.local_address.port(), it.remote_address.port());
        let (end, other) = if on_server { (near, far) } else { (far, near) };
        if end == server_port && it.state != TcpState::Listen {
            unread += it.rx_queue as usize; // of a listener, the queue is of connections
        } else if other == server_port && it.tx_queue > 0 {
            return None; // not acknowledged yet
        }
    }
    Some(unread)
}
