//! A small conversation, as strace, tcpdump and tracefs would tell of it, and what each part of the merging makes of it.

use procfs::net::TcpState;

use super::connections::{Connections, Side};
use super::ports::ports_of;
use super::seen::{Program, Seen};
use super::sockets::Sockets;
use super::*;
use crate::lines::Lines;
use crate::states::Change;
use crate::strace;
use crate::wire::Segment;

const SERVER: &str = "127.0.0.1:6000";
const CLIENT: &str = "127.0.0.1:40222";

/// A server that accepts one client and closes, its client, and a connection that nobody accepts.
fn seen() -> Seen {
    let address = r#"{sa_family=AF_INET, sin_port=htons(6000), sin_addr=inet_addr("127.0.0.1")}, 16"#;
    let peer = r#"{sa_family=AF_INET, sin_port=htons(40222), sin_addr=inet_addr("127.0.0.1")}, [16]"#;
    let server = format!(
        "1.000100 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3 <0.000001>\n\
         1.000200 bind(3, {address}) = 0 <0.000001>\n\
         1.000300 listen(3, 5) = 0 <0.000001>\n\
         1.000400 accept4(3, {peer}, SOCK_CLOEXEC) = 4 <0.001000>\n\
         1.001500 write(1, \"from 127.0.0.1:\", 15) = 15 <0.000001>\n\
         1.001510 write(1, \"40222\", 5) = 5 <0.000001>\n\
         1.001520 write(1, \"\\n\", 1) = 1 <0.000001>\n\
         1.001600 sendto(4, \"40222\", 5, MSG_NOSIGNAL, NULL, 0) = 5 <0.000001>\n\
         1.001800 close(4) = 0 <0.000001>\n\
         1.009000 +++ exited with 0 +++\n"
    );
    let client = format!(
        "1.000900 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3 <0.000001>\n\
         1.001000 connect(3, {address}) = 0 <0.000200>\n\
         1.001300 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 5 <0.000001>\n\
         1.002000 close(3) = 0 <0.000001>\n\
         1.008000 +++ exited with 0 +++\n"
    );
    let program = |id: &str, role: &str, trace: &str| Program {
        listed: recording::Program {
            id: id.to_owned(),
            example: id.to_owned(),
            args: vec![SERVER.to_owned()],
            role: role.to_owned(),
        },
        threads: vec![strace::parse(trace).unwrap()],
        lines: Lines::of(&std::env::current_exe().unwrap(), id).unwrap(),
        typed: Vec::new(),
    };
    let change = |at, socket, from, to, local_port, peer_port| Change {
        at,
        socket,
        from,
        to,
        local_port,
        peer_port,
    };
    Seen {
        programs: vec![
            program("server", "server", &server),
            program("client", "client", &client),
        ],
        segments: vec![
            segment(1_001_050, CLIENT, SERVER, "SYN", 100, None),
            segment(1_001_060, SERVER, CLIENT, "SYN", 500, Some(101)),
            segment(1_001_070, CLIENT, SERVER, "", 101, Some(501)),
            // The same two addresses, once more: nobody accepts this one.
            segment(1_004_000, CLIENT, SERVER, "SYN", 900, None),
            segment(1_004_010, SERVER, CLIENT, "SYN", 950, Some(901)),
            segment(1_004_020, SERVER, CLIENT, "RST", 951, None),
        ],
        changes: vec![
            change(1_000_301, 1, TcpState::Close, TcpState::Listen, 6000, 0),
            // The kernel tells of it at the ACK, and of another program's socket as well.
            change(1_001_070, 2, TcpState::Close, TcpState::SynRecv, 6000, 40222),
            change(1_001_071, 2, TcpState::SynRecv, TcpState::Established, 6000, 40222),
            change(1_001_072, 9, TcpState::Close, TcpState::Listen, 631, 0),
        ],
        table: Vec::new(),
    }
}

fn segment(
    at: Micros,
    from: &str,
    to: &str,
    flag: &str,
    seq: u32,
    ack: Option<u32>,
) -> Segment {
    Segment {
        at,
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        syn: flag == "SYN",
        fin: flag == "FIN",
        rst: flag == "RST",
        psh: false,
        ack,
        seq,
        window: 512,
        window_scale: None,
        payload: Vec::new(),
    }
}

fn merged() -> Recording {
    let scenario = Scenario { name: "test", title: "A test.", play: &[] };
    let environment = Environment {
        date: "2026-01-01".to_owned(),
        kernel: String::new(),
        rustc: String::new(),
        strace: String::new(),
        tcpdump: String::new(),
    };
    merge(&scenario, environment, seen()).unwrap()
}

#[test]
fn a_new_syn_opens_a_new_connection() {
    let connections = Connections::of(&seen().segments);
    assert_eq!(connections.0.len(), 2);
    assert_eq!(connections.0[0].initial, [Some(100), Some(500)]);
    assert!(connections.0.iter().all(|connection| connection.has_server()));
    let (client, server) = (CLIENT.parse().unwrap(), SERVER.parse().unwrap());
    assert_eq!(connections.between(client, server, 1_002_000), Some(0));
    assert_eq!(connections.between(client, server, 1_005_000), Some(1));
    assert_eq!(connections.between(server, client, 1_005_000), None);
}

#[test]
fn segments_of_a_connection_from_before_are_left_out() {
    let late = [segment(1, CLIENT, SERVER, "FIN", 7, Some(9))];
    assert!(Connections::of(&late).0.is_empty());
}

#[test]
fn descriptors_lead_to_sockets_and_sockets_to_connections() {
    let seen = seen();
    let connections = Connections::of(&seen.segments);
    let sockets = Sockets::of(&seen, &connections);
    let found: Vec<_> =
        sockets.all.iter().map(|it| (it.program, it.connection)).collect();
    assert_eq!(
        found,
        [
            (0, None),
            (1, Some((0, Side::Client))),
            (1, None),
            (0, Some((0, Side::Server))),
            (0, Some((1, Side::Server))), // the kernel's own, for the one that nobody accepts
        ]
    );
}

#[test]
fn the_second_socket_of_a_name_gets_a_number() {
    let recording = merged();
    let ids: Vec<&str> = recording.sockets.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "server/listener",
            "client/53503",
            "server/53503",
            "client/socket",
            "server/53503-2"
        ]
    );
}

#[test]
fn ports_are_numbered_as_the_programs_name_them() {
    let seen = seen();
    let connections = Connections::of(&seen.segments);
    let sockets = Sockets::of(&seen, &connections);
    let ports = ports_of(&seen, &connections, &sockets);
    assert_eq!((ports.written(40222), ports.written(6000)), (53503, 6000));
}

#[test]
fn a_port_is_rewritten_where_it_is_one() {
    let recording = merged();
    let printed: Vec<&str> = recording
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            Kind::Print(print) => Some(print.text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(printed, ["from 127.0.0.1:53503\n"], "the pieces are joined");
    let sent = recording.events.iter().find_map(|event| match &event.kind {
        Kind::Call(call) if call.call == "sendto" => Some(call),
        _ => None,
    });
    let sent = sent.expect("it was seen");
    assert!(sent.args.contains("40222"), "{}: these are bytes", sent.args);
    assert_eq!(sent.socket.as_deref(), Some("server/53503"));
}

#[test]
fn a_connect_ends_after_its_answer() {
    let recording = merged();
    let (at, end) = recording
        .events
        .iter()
        .find_map(|event| match &event.kind {
            Kind::Call(call) if call.call == "connect" => Some((event.t, call.end)),
            _ => None,
        })
        .expect("it was seen");
    let answer = recording.events.iter().position(
        |event| matches!(&event.kind, Kind::Segment(it) if it.flags == ["SYN", "ACK"]),
    );
    let answer = recording.events[answer.expect("it was seen")].t;
    assert!(at < answer && answer <= end, "{at} {answer} {end}");
}

#[test]
fn sequence_numbers_count_from_the_first() {
    let recording = merged();
    let numbers: Vec<(u32, u32)> = recording
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            Kind::Segment(it) => Some((it.seq, it.ack)),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [(0, 0), (0, 1), (1, 1), (0, 0), (0, 1), (1, 0)]);
}

#[test]
fn a_state_begins_with_its_segment_and_others_sockets_are_left_out() {
    let recording = merged();
    let states: Vec<(&str, &str)> = recording
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            Kind::State(it) => Some((it.socket.as_str(), it.to.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(
        states,
        [
            ("server/listener", "LISTEN"),
            ("server/53503", "SYN-RECEIVED"),
            ("server/53503", "ESTABLISHED"),
        ]
    );
    let at = |wanted: &dyn Fn(&Kind) -> bool| {
        recording.events.iter().find(|event| wanted(&event.kind)).map(|event| event.t)
    };
    let received = at(&|kind| matches!(kind, Kind::State(it) if it.to == "SYN-RECEIVED"));
    let answered =
        at(&|kind| matches!(kind, Kind::Segment(it) if it.flags == ["SYN", "ACK"]));
    assert_eq!(received, answered);
}

/// A window is told where it is closed, and once more when it is open again; in bytes, as its sender's `SYN` says.
#[test]
fn a_closed_window_is_told() {
    let mut windows = super::segments::Windows::default();
    let mut told = |window, window_scale: Option<u8>| {
        let syn = window_scale.is_some();
        let segment = Segment {
            window,
            window_scale,
            syn,
            ..segment(0, "127.0.0.1:1", "127.0.0.1:2", "", 0, None)
        };
        windows.worth_telling(&segment)
    };
    let told = [(9, Some(7)), (9, None), (0, None), (0, None), (2, None), (2, None)]
        .map(|(window, scale)| told(window, scale));
    assert_eq!(told, [None, None, Some(0), Some(0), Some(256), None]);
}
