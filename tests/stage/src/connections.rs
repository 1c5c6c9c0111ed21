//! What the kernel tells of connections: `/proc/net/tcp` (proc_pid_net(5)).

use std::net::SocketAddr;

use procfs::net::{TcpNetEntry, TcpState, tcp};

fn table() -> Vec<TcpNetEntry> {
    tcp().unwrap_or_default()
}

/// Whether the end of a closed connection with this local address is in TIME-WAIT. Addresses of other families than IPv4 are
/// not looked for.
pub fn is_in_time_wait(local: SocketAddr, remote: SocketAddr) -> bool {
    let is_it =
        |it: &TcpNetEntry| it.local_address == local && it.remote_address == remote;
    table().iter().any(|it| it.state == TcpState::TimeWait && is_it(it))
}

/// How many bytes lie unread in the receive buffers of the connections of this server port,
/// on the server's side or on its clients', whether accepted or not.
pub fn unread_bytes(server_port: u16, on_server: bool) -> usize {
    let table = table().into_iter();
    let ours = table.filter(|it| {
        let end = if on_server { it.local_address } else { it.remote_address };
        end.port() == server_port && it.state != TcpState::Listen // there the queue is of connections
    });
    ours.map(|it| it.rx_queue as usize).sum()
}
