//! Puts calls, prints, segments and states on one clock.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;

use anyhow::{Context, Result, bail};

use crate::Micros;
use crate::lines::Lines;
use crate::recording::{self, Environment, Event, Kind, Recording};
use crate::states::{Change, Row, State};
use crate::strace::{self, Call, Entry};
use crate::wire::Segment;
use stage::scenarios::Scenario;

/// The first client's port, as the book writes it; the second's is the next.
const FIRST_PORT: u16 = 53503;
/// Ports from here on are the kernel's choice.
const FIRST_EPHEMERAL: u16 = 32768;
/// Longer payloads are cut in the file; `len` tells their length.
const LONGEST_PAYLOAD: usize = 1024;
/// How far two clocks that are one may disagree: each is cut to microseconds.
const TOLERANCE: Micros = 5;

/// What was seen of one program.
pub struct Program {
    pub id: String,
    pub example: String,
    pub arguments: Vec<String>,
    pub role: &'static str,
    /// What strace saw of each thread, in the order in which they were started.
    pub threads: Vec<Vec<Entry>>,
    pub lines: Lines,
    /// What was typed, and when.
    pub typed: Vec<(Micros, String)>,
}

/// What was seen of a scenario.
pub struct Seen {
    pub programs: Vec<Program>,
    pub segments: Vec<Segment>,
    pub changes: Vec<Change>,
    /// The connections that the kernel knew of when all programs had ended.
    pub table: Vec<Row>,
}

/// Makes a recording of all that was seen.
pub fn merge(
    scenario: &Scenario,
    recorded: Environment,
    mut seen: Seen,
) -> Result<Recording> {
    seen.segments.sort_by_key(|segment| segment.at);
    let connections = Connections::of(&seen.segments);
    let mut sockets = Sockets::of(&seen, &connections);
    let ports = Ports::of(&seen, &connections, &sockets);
    sockets.name(&seen, &connections, &ports);

    let mut events = Vec::new();
    let whole = Whole {
        seen: &seen,
        connections: &connections,
        sockets: &sockets,
        ports: &ports,
    };
    whole.add_programs(&mut events);
    connections.add_segments(&mut events, &sockets, &ports);
    add_states(&mut events, &seen, &connections, &sockets);

    for program in &seen.programs {
        let its_calls = events.iter().filter(|(.., kind)| match kind {
            Kind::Call(call) => call.program == program.id,
            _ => false,
        });
        if its_calls.count() == 0 {
            bail!("strace shows no call of {}", program.id);
        }
    }

    // Within a microsecond: first what is done, then what comes of it.
    events.sort_by_key(|(at, rank, _)| (*at, *rank));
    let start = events.first().map(|(at, ..)| *at).context("nothing happened")?;
    let events = events.into_iter().map(|(at, _, mut kind)| {
        if let Kind::Call(call) = &mut kind {
            call.end -= start;
        }
        Event { t: at - start, kind }
    });

    Ok(Recording {
        schema: recording::SCHEMA,
        name: scenario.name.to_owned(),
        title: scenario.title.to_owned(),
        recorded,
        events: events.collect(),
        programs: seen
            .programs
            .iter()
            .map(|program| recording::Program {
                id: program.id.clone(),
                example: program.example.clone(),
                args: program
                    .arguments
                    .iter()
                    .map(|argument| ports.rewrite(argument))
                    .collect(),
                role: program.role.to_owned(),
            })
            .collect(),
        sockets: sockets.listed(&seen, &connections, &ports),
    })
}

/// An event before its time is counted from the first: when, its rank within the microsecond, and what.
type Dated = (Micros, u8, Kind);

// ---- connections

struct Connection {
    client: SocketAddr,
    server: SocketAddr,
    /// When the first SYN passed.
    start: Micros,
    /// The initial sequence numbers of the client and of the server.
    initial: [Option<u32>; 2],
    segments: Vec<Segment>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Side {
    Client,
    Server,
}

impl Connection {
    fn sender(&self, segment: &Segment) -> Side {
        if segment.from == self.client { Side::Client } else { Side::Server }
    }

    /// When the first segment from this side passed that is as wanted.
    fn first(&self, side: Side, wanted: impl Fn(&Segment) -> bool) -> Option<Micros> {
        let sent = self.segments.iter().filter(|segment| self.sender(segment) == side);
        sent.filter(|segment| wanted(segment)).map(|segment| segment.at).next()
    }

    /// Whether anybody answered to the SYN with a SYN.
    fn has_server(&self) -> bool {
        self.first(Side::Server, |segment| segment.syn).is_some()
    }

    fn ends(&self, side: Side) -> (SocketAddr, SocketAddr) {
        match side {
            Side::Client => (self.client, self.server),
            Side::Server => (self.server, self.client),
        }
    }
}

struct Connections(Vec<Connection>);

impl Connections {
    fn of(segments: &[Segment]) -> Self {
        let mut connections: Vec<Connection> = Vec::new();
        for segment in segments {
            let known = connections.iter_mut().rev().find(|connection| {
                let ends = (connection.client, connection.server);
                ends == (segment.from, segment.to) || ends == (segment.to, segment.from)
            });
            let opens = segment.syn && segment.ack.is_none();
            let connection = match known {
                Some(known) if !opens || known.initial[0] == Some(segment.seq) => known,
                _ if opens => {
                    connections.push(Connection {
                        client: segment.from,
                        server: segment.to,
                        start: segment.at,
                        initial: [None, None],
                        segments: Vec::new(),
                    });
                    let Some(new) = connections.last_mut() else {
                        continue;
                    };
                    new
                }
                _ => continue, // of a connection that was there before the recording began
            };
            if segment.syn {
                let side = connection.sender(segment) as usize;
                connection.initial[side] = Some(segment.seq);
            }
            connection.segments.push(segment.clone());
        }
        Connections(connections)
    }

    /// The connection between these two that was opened last before that moment.
    fn between(
        &self,
        client: SocketAddr,
        server: SocketAddr,
        before: Micros,
    ) -> Option<usize> {
        self.0.iter().rposition(|connection| {
            connection.client == client
                && connection.server == server
                && connection.start <= before + TOLERANCE
        })
    }

    fn add_segments(&self, events: &mut Vec<Dated>, sockets: &Sockets, ports: &Ports) {
        for (index, connection) in self.0.iter().enumerate() {
            for segment in &connection.segments {
                let (from, to) = match connection.sender(segment) {
                    Side::Client => (Side::Client, Side::Server),
                    Side::Server => (Side::Server, Side::Client),
                };
                let relative = |number: u32, side: Side| {
                    number.wrapping_sub(connection.initial[side as usize].unwrap_or(0))
                };
                let flags = [
                    ("SYN", segment.syn),
                    ("FIN", segment.fin),
                    ("RST", segment.rst),
                    ("PSH", segment.psh),
                    ("ACK", segment.ack.is_some()),
                ];
                let set = flags.iter().filter(|(_, set)| *set);
                let shown =
                    &segment.payload[..segment.payload.len().min(LONGEST_PAYLOAD)];
                let more = if shown.len() < segment.payload.len() { "…" } else { "" };
                let sent = recording::Segment {
                    from: sockets.id_of(index, from),
                    to: sockets.id_of(index, to),
                    flags: set.map(|(name, _)| (*name).to_owned()).collect(),
                    // A reset may come from where there is no connection: its numbers are then the answer's alone.
                    seq: match connection.initial[from as usize] {
                        Some(_) => relative(segment.seq, from),
                        None => segment.seq,
                    },
                    ack: segment.ack.map_or(0, |ack| relative(ack, to)),
                    len: segment.payload.len(),
                    payload: ports
                        .rewrite(&format!("{}{more}", String::from_utf8_lossy(shown))),
                };
                events.push((segment.at, 4, Kind::Segment(sent)));
            }
        }
    }
}

// ---- sockets

/// A TCP socket of a program.
struct Socket {
    program: usize,
    /// When it came to be.
    start: Micros,
    id: String,
    local: Option<SocketAddr>,
    /// The call by which it began to listen.
    listens: Option<Place>,
    connection: Option<(usize, Side)>,
}

/// A call by its place: the program, the thread, the entry.
type Place = (usize, usize, usize);

struct Sockets {
    all: Vec<Socket>,
    /// Which socket a call was about.
    of_call: HashMap<Place, usize>,
    /// Which socket a call brought forth, of those that `accept` returned.
    accepted: HashMap<Place, usize>,
}

impl Sockets {
    /// Follows each program's descriptors through its calls, in the order in which these took effect.
    fn of(seen: &Seen, connections: &Connections) -> Self {
        let mut sockets = Sockets {
            all: Vec::new(),
            of_call: HashMap::new(),
            accepted: HashMap::new(),
        };
        // A call finds its socket when it begins, and brings forth a new one when it ends.
        let mut steps: Vec<(Micros, bool, Place, &Call)> = Vec::new();
        for (place, at, call) in calls(seen) {
            steps.push((at, false, place, call));
            if let Some(end) = call.end {
                steps.push((end, true, place, call));
            }
        }
        steps.sort_by_key(|(at, leaves, place, _)| (*at, *leaves, *place));

        let mut open: HashMap<(usize, i32), usize> = HashMap::new();
        for (at, leaves, place, call) in steps {
            let program = place.0;
            let named = call.descriptor().map(|descriptor| (program, descriptor));
            if !leaves {
                if let Some(socket) = named.and_then(|named| open.get(&named)) {
                    sockets.of_call.insert(place, *socket);
                }
                if call.name == "close"
                    && let Some(named) = named
                {
                    open.remove(&named);
                }
                continue;
            }
            let Some(number) = call.number() else {
                continue;
            };
            let about = sockets.of_call.get(&place).copied();
            match (call.name.as_str(), about) {
                ("socket", _) if is_tcp(call) => {
                    let new = sockets.add(program, at);
                    sockets.of_call.insert(place, new);
                    open.insert((program, number), new);
                }
                ("accept" | "accept4", Some(listener)) => {
                    let new = sockets.add(program, at);
                    if let (Some(local), Some(peer)) =
                        (sockets.all[listener].local, call.address())
                    {
                        sockets.all[new].local = Some(local);
                        let end = *span(seen, place).end();
                        let connection = connections.between(peer, local, end);
                        sockets.all[new].connection =
                            connection.map(|c| (c, Side::Server));
                    }
                    sockets.accepted.insert(place, new);
                    open.insert((program, number), new);
                }
                ("dup" | "dup2" | "dup3", Some(same)) => {
                    open.insert((program, number), same);
                }
                ("fcntl", Some(same)) if duplicates(call) => {
                    open.insert((program, number), same);
                }
                ("bind", Some(socket)) => sockets.all[socket].local = call.address(),
                ("getsockname", Some(socket)) => {
                    sockets.all[socket].local =
                        call.address().or(sockets.all[socket].local);
                }
                ("listen", Some(socket)) => sockets.all[socket].listens = Some(place),
                _ => {}
            }
        }
        sockets.find_connections(seen, connections);
        sockets.add_unaccepted(seen, connections);
        sockets.all_start_with_their_connection(connections);
        sockets
    }

    fn add(&mut self, program: usize, start: Micros) -> usize {
        self.all.push(Socket {
            program,
            start,
            id: String::new(),
            local: None,
            listens: None,
            connection: None,
        });
        self.all.len() - 1
    }

    /// Which connection each `connect` opened: the one whose SYN passed while the call lasted. Where several connect at
    /// the same time, `getsockname` tells, if the program calls it; failing that, their order.
    fn find_connections(&mut self, seen: &Seen, connections: &Connections) {
        let mut connects: Vec<_> =
            calls(seen).filter(|(.., call)| call.name == "connect").collect();
        connects.sort_by_key(|(_, at, _)| *at);
        for (place, _, call) in connects {
            let (Some(&socket), Some(server)) =
                (self.of_call.get(&place), call.address())
            else {
                continue;
            };
            let span = span(seen, place);
            let local = self.all[socket].local;
            let found =
                connections.0.iter().enumerate().position(|(index, connection)| {
                    connection.server == server
                        && span.contains(&connection.start)
                        && local.is_none_or(|local| local == connection.client)
                        && self.find(index, Side::Client).is_none()
                });
            if let Some(found) = found {
                self.all[socket].connection = Some((found, Side::Client));
            }
        }
    }

    /// The kernel shakes hands for a listener: such a connection has a socket there before anyone accepts it.
    fn add_unaccepted(&mut self, seen: &Seen, connections: &Connections) {
        for (index, connection) in connections.0.iter().enumerate() {
            if !connection.has_server() || self.find(index, Side::Server).is_some() {
                continue;
            }
            let listener = self.all.iter().rfind(|socket| {
                socket.local.is_some_and(|local| local.port() == connection.server.port())
                    && socket
                        .listens
                        .is_some_and(|call| *span(seen, call).start() <= connection.start)
            });
            if let Some(program) = listener.map(|listener| listener.program) {
                let new = self.add(program, connection.start);
                self.all[new].local = Some(connection.server);
                self.all[new].connection = Some((index, Side::Server));
            }
        }
    }

    fn all_start_with_their_connection(&mut self, connections: &Connections) {
        for socket in &mut self.all {
            if let Some((index, Side::Server)) = socket.connection {
                socket.start = connections.0[index].start;
            }
        }
    }

    fn find(&self, connection: usize, side: Side) -> Option<&Socket> {
        self.all.iter().find(|socket| socket.connection == Some((connection, side)))
    }

    fn id_of(&self, connection: usize, side: Side) -> Option<String> {
        self.find(connection, side).map(|socket| socket.id.clone())
    }

    /// Gives each its id: `PROGRAM/listener`, `PROGRAM/CLIENT'S PORT`, or `PROGRAM/socket`, with a number from the
    /// second on.
    fn name(&mut self, seen: &Seen, connections: &Connections, ports: &Ports) {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by_key(|index| self.all[*index].start);
        for index in order {
            let socket = &self.all[index];
            let program = &seen.programs[socket.program].id;
            let role = match (socket.listens, socket.connection) {
                (Some(_), _) => "listener".to_owned(),
                (None, Some((connection, _))) => {
                    ports.written(connections.0[connection].client.port()).to_string()
                }
                (None, None) => "socket".to_owned(),
            };
            let mut id = format!("{program}/{role}");
            let mut count = 1;
            while self.all.iter().any(|other| other.id == id) {
                count += 1;
                id = format!("{program}/{role}-{count}");
            }
            self.all[index].id = id;
        }
    }

    fn listed(
        &self,
        seen: &Seen,
        connections: &Connections,
        ports: &Ports,
    ) -> Vec<recording::Socket> {
        let mut order: Vec<&Socket> = self.all.iter().collect();
        order.sort_by_key(|socket| socket.start);
        let written = |address: SocketAddr| ports.rewrite(&address.to_string());
        order
            .into_iter()
            .map(|socket| {
                let ends = socket
                    .connection
                    .map(|(index, side)| connections.0[index].ends(side));
                recording::Socket {
                    id: socket.id.clone(),
                    program: seen.programs[socket.program].id.clone(),
                    local: ends.map(|(local, _)| local).or(socket.local).map(written),
                    peer: ends.map(|(_, peer)| peer).map(written),
                }
            })
            .collect()
    }
}

/// Every call of every thread, and when it began.
fn calls(seen: &Seen) -> impl Iterator<Item = (Place, Micros, &Call)> {
    seen.programs.iter().enumerate().flat_map(|(program, seen)| {
        seen.threads.iter().enumerate().flat_map(move |(thread, entries)| {
            entries.iter().enumerate().filter_map(move |(index, entry)| {
                match &entry.what {
                    strace::What::Call(call) => {
                        Some(((program, thread, index), entry.at, call))
                    }
                    _ => None,
                }
            })
        })
    })
}

/// When a call had certainly not begun yet, and when it had certainly ended: at the thread's next entry. (strace takes
/// its time before it lets a call go on, and does not count it, so a call may end somewhat later than strace says.)
fn span(seen: &Seen, (program, thread, index): Place) -> RangeInclusive<Micros> {
    let entries = &seen.programs[program].threads[thread];
    let end = entries.get(index + 1).map_or(Micros::MAX / 2, |next| next.at);
    entries[index].at - TOLERANCE..=end + TOLERANCE
}

fn is_tcp(call: &Call) -> bool {
    let argument = |index: usize| call.arguments.get(index).map_or("", String::as_str);
    matches!(argument(0), "AF_INET" | "AF_INET6")
        && argument(1).starts_with("SOCK_STREAM")
}

fn duplicates(call: &Call) -> bool {
    call.arguments.get(1).is_some_and(|command| command.starts_with("F_DUPFD"))
}

// ---- ports

/// What the book writes for the ports that the kernel chose.
struct Ports {
    written: HashMap<u16, u16>,
}

impl Ports {
    /// Numbers them as the transcripts do, in the order in which the programs name them, program by program; then those
    /// that no program names, in the order in which they are used.
    fn of(seen: &Seen, connections: &Connections, sockets: &Sockets) -> Self {
        let clients = connections.0.iter().map(|connection| connection.client.port());
        let others = sockets.all.iter().filter_map(|socket| Some(socket.local?.port()));
        let used: Vec<u16> =
            clients.chain(others).filter(|port| *port >= FIRST_EPHEMERAL).collect();
        let named: Vec<u16> = seen.programs.iter().flat_map(ports_named_by).collect();
        let named = named.iter().filter(|port| used.contains(port));

        let mut ports = Ports { written: HashMap::new() };
        for port in named.chain(&used) {
            let next = FIRST_PORT + u16::try_from(ports.written.len()).unwrap_or(0);
            ports.written.entry(*port).or_insert(next);
        }
        ports
    }

    fn written(&self, port: u16) -> u16 {
        self.written.get(&port).copied().unwrap_or(port)
    }

    /// Rewrites each number in the text that is such a port.
    fn rewrite(&self, text: &str) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
            let (digits, after) = from.split_at(end);
            result += before;
            match digits.parse().ok().and_then(|port: u16| self.written.get(&port)) {
                Some(port) => result += &port.to_string(),
                None => result += digits,
            }
            rest = after;
        }
        result + rest
    }
}

/// The numbers on standard error, and then those on standard output, that may be ports.
fn ports_named_by(program: &Program) -> Vec<u16> {
    let entries = || program.threads.iter().flatten();
    let on = |wanted: &str| {
        let mut written: Vec<(Micros, Vec<u8>)> = Vec::new();
        for entry in entries() {
            if let strace::What::Call(call) = &entry.what
                && let Some((stream, bytes)) = printed(call)
                && stream == wanted
            {
                written.push((entry.at, bytes));
            }
        }
        written.sort_by_key(|(at, _)| *at);
        written.into_iter().flat_map(|(_, bytes)| bytes).collect::<Vec<u8>>()
    };
    let text = [on("stderr"), b"\n".to_vec(), on("stdout")].concat();
    let text = String::from_utf8_lossy(&text);
    text.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

// ---- what the programs did

/// All that is known before the events are put together.
struct Whole<'w> {
    seen: &'w Seen,
    connections: &'w Connections,
    sockets: &'w Sockets,
    ports: &'w Ports,
}

impl Whole<'_> {
    fn add_programs(&self, events: &mut Vec<Dated>) {
        for (index, program) in self.seen.programs.iter().enumerate() {
            let entries = program.threads.iter().flatten();
            let ends = entries.filter_map(|entry| match &entry.what {
                strace::What::End(how) => Some((entry.at, how.clone())),
                _ => None,
            });
            let ended = ends.max_by_key(|(at, _)| *at);
            for (at, text) in &program.typed {
                let (program, text) = (program.id.clone(), self.ports.rewrite(text));
                let typed = recording::Type { program, text };
                events.push((*at, 0, Kind::Type(typed)));
            }
            for thread in 0..program.threads.len() {
                let ended = ended.as_ref().map_or(0, |(at, _)| *at);
                self.add_thread(events, index, thread, ended);
            }
            if let Some((at, how)) = ended {
                let program = program.id.clone();
                let end = recording::End { program, how };
                events.push((at, 6, Kind::End(end)));
            }
        }
    }

    /// Adds what one thread did, in a program that ended at `ended`.
    fn add_thread(
        &self,
        events: &mut Vec<Dated>,
        index: usize,
        thread: usize,
        ended: Micros,
    ) {
        let Whole { connections, sockets, ports, .. } = self;
        let program = &self.seen.programs[index];
        let entries = &program.threads[thread];
        // The event that the next print may be a part of: one `eprintln!` writes piece by piece.
        let mut printing: Option<usize> = None;
        for (entry_index, entry) in entries.iter().enumerate() {
            let strace::What::Call(call) = &entry.what else {
                continue;
            };
            let place = (index, thread, entry_index);
            let line = || program.lines.line(&call.stack);

            if let Some((stream, bytes)) = printed(call) {
                let (line, text) =
                    (line(), ports.rewrite(&String::from_utf8_lossy(&bytes)));
                if let Some(at) = printing
                    && let Kind::Print(print) = &mut events[at].2
                    && (print.stream.as_str(), print.line) == (stream, line)
                    && !print.text.ends_with('\n')
                {
                    print.text += &text;
                    continue;
                }
                printing = Some(events.len());
                let print = recording::Print {
                    program: program.id.clone(),
                    thread: thread + 1,
                    line,
                    stream: stream.to_owned(),
                    text,
                };
                events.push((entry.at, 2, Kind::Print(print)));
                continue;
            }

            let socket = sockets.of_call.get(&place);
            let counts = match call.name.as_str() {
                "fcntl" => socket.is_some() && duplicates(call),
                "read" | "readv" => socket.is_some() || call.descriptor() == Some(0),
                _ => socket.is_some(),
            };
            if !counts {
                continue;
            }
            printing = None;
            let id = |socket: &usize| sockets.all[*socket].id.clone();
            let arguments: Vec<_> =
                call.arguments.iter().map(|a| strace::readable(a)).collect();
            let made = recording::Call {
                program: program.id.clone(),
                thread: thread + 1,
                line: line().or_else(|| {
                    line_of_the_same_before(program, &entries[..entry_index], call)
                }),
                call: call.name.clone(),
                args: ports.rewrite(&arguments.join(", ")),
                result: call
                    .result
                    .as_deref()
                    .map(|result| ports.rewrite(&strace::readable(result))),
                end: end_of(
                    call,
                    entry.at,
                    ended,
                    socket.map(|socket| &sockets.all[*socket]),
                    connections,
                ),
                socket: socket.map(id),
                accepted: sockets.accepted.get(&place).map(id),
            };
            events.push((entry.at, 1, Kind::Call(made)));
        }
    }
}

/// A call that never returned has no stack. It stands where the thread's last such call stood, if there was one.
fn line_of_the_same_before(
    program: &Program,
    before: &[Entry],
    call: &Call,
) -> Option<u32> {
    let same = before.iter().rev().find_map(|entry| match &entry.what {
        strace::What::Call(other)
            if other.name == call.name && other.descriptor() == call.descriptor() =>
        {
            Some(other)
        }
        _ => None,
    })?;
    program.lines.line(&same.stack).filter(|_| call.result.is_none())
}

/// When a call ended. strace counts only from when it lets the call go on, so the end comes out a little early: a
/// `connect` would seem to have returned before the answer was there.
fn end_of(
    call: &Call,
    at: Micros,
    ended: Micros,
    socket: Option<&Socket>,
    connections: &Connections,
) -> Micros {
    let end = call.end.unwrap_or(ended).max(at);
    match socket.and_then(|socket| socket.connection) {
        Some((index, Side::Client)) if call.name == "connect" => {
            let answer = connections.0[index].first(Side::Server, |_| true);
            answer.filter(|_| call.end.is_some()).map_or(end, |answer| answer.max(end))
        }
        _ => end,
    }
}

/// What a call printed, and on which stream.
fn printed(call: &Call) -> Option<(&'static str, Vec<u8>)> {
    let stream = match (call.name.as_str(), call.descriptor()?) {
        ("write", 1) => "stdout",
        ("write", 2) => "stderr",
        _ => return None,
    };
    let (mut bytes, _) = strace::unquote(call.arguments.get(1)?)?;
    bytes.truncate(usize::try_from(call.number()?).ok()?);
    Some((stream, bytes))
}

// ---- states

fn add_states(
    events: &mut Vec<Dated>,
    seen: &Seen,
    connections: &Connections,
    sockets: &Sockets,
) {
    for life in lives(&seen.changes) {
        let Some(socket) = owner(&life, seen, connections, sockets) else {
            continue; // another program's on this machine
        };
        let mut add = |at: Micros, from: State, to: State| {
            let by_the_program = matches!(
                to,
                State::Listen
                    | State::SynSent
                    | State::SynReceived
                    | State::FinWait1
                    | State::LastAck
            );
            let change = recording::State {
                socket: socket.id.clone(),
                from: from.name().to_owned(),
                to: to.name().to_owned(),
            };
            events.push((at, if by_the_program { 3 } else { 5 }, Kind::State(change)));
        };
        let mut before = None;
        for change in life {
            let from = before.unwrap_or(change.from);
            let Some((at, to)) = true_change(&change, socket, seen, connections) else {
                continue;
            };
            add(at, from, to);
            before = Some(to);
        }
    }
}

/// When a change came about, and to which state, where the kernel's report says it otherwise. None: not at all.
///
/// - Between SYN and ACK the kernel keeps a small request in place of a socket, and reports the state only when it makes
///   the socket of it, at the ACK. The state began with the SYN,ACK.
/// - A socket that waits only for the other side's FIN, or for TIME-WAIT to pass, is replaced by a small stand-in, and
///   reported as closed. What became of it stands in the table of connections.
fn true_change(
    change: &Change,
    socket: &Socket,
    seen: &Seen,
    connections: &Connections,
) -> Option<(Micros, State)> {
    let reported = Some((change.at, change.to));
    let Some((index, side)) = socket.connection else {
        return reported;
    };
    let connection = &connections.0[index];
    match change.to {
        State::SynReceived => {
            let answered = connection.first(Side::Server, |segment| segment.syn);
            Some((answered.unwrap_or(change.at).min(change.at), change.to))
        }
        State::Closed => {
            let other = match side {
                Side::Client => Side::Server,
                Side::Server => Side::Client,
            };
            let (local, peer) = connection.ends(side);
            let found = seen.table.iter().find(|row| row.0 == local && row.1 == peer);
            match found.map(|row| row.2) {
                Some(State::TimeWait) => {
                    let fin = connection.first(other, |segment| segment.fin);
                    Some((fin.unwrap_or(change.at).max(change.at), State::TimeWait))
                }
                Some(State::FinWait2) => None,
                _ if change.from == State::FinWait2 => {
                    let reset = connection.first(other, |segment| segment.rst);
                    Some((reset.unwrap_or(change.at).max(change.at), State::Closed))
                }
                _ => reported,
            }
        }
        _ => reported,
    }
}

/// The changes of each socket. The kernel's name for it is free again once it is closed.
fn lives(changes: &[Change]) -> Vec<Vec<Change>> {
    let mut changes = changes.to_vec();
    changes.sort_by_key(|change| change.at);
    let mut lives: Vec<Vec<Change>> = Vec::new();
    let mut current: HashMap<u64, usize> = HashMap::new();
    for change in changes {
        let index = *current.entry(change.socket).or_insert_with(|| {
            lives.push(Vec::new());
            lives.len() - 1
        });
        if change.to == State::Closed {
            current.remove(&change.socket);
        }
        lives[index].push(change);
    }
    lives
}

/// Whose life it is. The kernel reports the whole machine's, so it must fit to what was seen here.
fn owner<'s>(
    life: &[Change],
    seen: &Seen,
    connections: &Connections,
    sockets: &'s Sockets,
) -> Option<&'s Socket> {
    let first = life.first()?;
    match first.to {
        State::Listen => sockets.all.iter().find(|socket| {
            socket.listens.is_some_and(|call| span(seen, call).contains(&first.at))
                && socket.local.is_some_and(|local| local.port() == first.local_port)
        }),
        State::SynReceived => {
            let index = connections.0.iter().rposition(|connection| {
                connection.client.port() == first.peer_port
                    && connection.server.port() == first.local_port
                    && connection.start <= first.at + TOLERANCE
            })?;
            sockets.find(index, Side::Server)
        }
        State::SynSent => {
            let port =
                life.iter().map(|change| change.local_port).find(|port| *port != 0)?;
            let end = life.last()?.at;
            let index = connections.0.iter().rposition(|connection| {
                connection.client.port() == port
                    && connection.server.port() == first.peer_port
                    && connection.start <= end + TOLERANCE
                    && connection.start + TOLERANCE >= first.at
            })?;
            sockets.find(index, Side::Client)
        }
        _ => None,
    }
}
