//! What the book writes for the ports that the kernel chose.

use stage::Varying;

use super::connections::Connections;
use super::seen::{Program, Seen, printed};
use super::sockets::Sockets;

/// Ports from here on are the kernel's choice.
const FIRST_EPHEMERAL: u16 = 32768;

/// Numbers them as the transcripts do, in the order in which the programs name them, program by program; then those
/// that no program names, in the order in which they are used.
pub fn ports_of(seen: &Seen, connections: &Connections, sockets: &Sockets) -> Varying {
    let mut ports = Varying::new(None);
    for program in &seen.programs {
        ports.learn(&said_by(program));
    }
    let clients = connections.0.iter().map(|connection| connection.client.port());
    let others = sockets.all.iter().filter_map(|socket| Some(socket.local?.port()));
    for port in clients.chain(others).filter(|port| *port >= FIRST_EPHEMERAL) {
        ports.learn_port(port);
    }
    ports
}

/// What a program printed on standard error, and then on standard output.
fn said_by(program: &Program) -> String {
    let on = |wanted: &str| {
        let calls = program.threads.iter().flat_map(|thread| &thread.calls);
        let written = calls.filter_map(|call| Some((call.at, printed(call)?)));
        let mut written: Vec<_> = written.filter(|(_, it)| it.0 == wanted).collect();
        written.sort_by_key(|(at, _)| *at);
        written.into_iter().flat_map(|(_, (_, bytes))| bytes).collect::<Vec<u8>>()
    };
    let text = [on("stderr"), b"\n".to_vec(), on("stdout")].concat();
    String::from_utf8_lossy(&text).into_owned()
}
