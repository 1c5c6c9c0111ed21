//! Reads the changes of TCP states: the tracepoint `sock:inet_sock_set_state` as tracefs prints it with the option
//! `fields`, and the table of connections in `/proc/net/tcp`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context, Result, bail};

use crate::{Micros, micros};

/// One change of one socket's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub at: Micros,
    /// The kernel's name of the socket, until it is `CLOSED`. Afterwards another may have it.
    pub socket: u64,
    pub from: State,
    pub to: State,
    pub local_port: u16,
    pub peer_port: u16,
}

/// The states by the names that RFC 9293 gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Established,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Closed,
    CloseWait,
    LastAck,
    Listen,
    Closing,
}

impl State {
    /// The numbers are those of the kernel's `include/net/tcp_states.h`.
    fn from_number(number: u64) -> Result<Self> {
        Ok(match number {
            1 => State::Established,
            2 => State::SynSent,
            3 | 12 => State::SynReceived,
            4 => State::FinWait1,
            5 => State::FinWait2,
            6 => State::TimeWait,
            7 => State::Closed,
            8 => State::CloseWait,
            9 => State::LastAck,
            10 => State::Listen,
            11 => State::Closing,
            _ => bail!("there is no TCP state {number}"),
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            State::Established => "ESTABLISHED",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECEIVED",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::TimeWait => "TIME-WAIT",
            State::Closed => "CLOSED",
            State::CloseWait => "CLOSE-WAIT",
            State::LastAck => "LAST-ACK",
            State::Listen => "LISTEN",
            State::Closing => "CLOSING",
        }
    }
}

/// Reads the file `trace` of tracefs. Fails if events were lost, or if the kernel does not say which socket it was.
pub fn parse(text: &str, clock_ahead: Micros) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for line in text.lines() {
        if let Some((_, counts)) = line.split_once("entries-in-buffer/entries-written: ")
        {
            let counts = counts.split_whitespace().next().unwrap_or_default();
            let (kept, written) = counts.split_once('/').context("tracefs: no counts")?;
            if kept != written {
                bail!("tracefs kept only {kept} of {written} events");
            }
        }
        if let Some((head, fields)) = line.split_once(": inet_sock_set_state: ") {
            let change = parse_change(head, fields, clock_ahead);
            changes.extend(change.with_context(|| format!("tracefs wrote {line:?}"))?);
        }
    }
    Ok(changes)
}

/// None for a protocol other than TCP.
fn parse_change(head: &str, fields: &str, clock_ahead: Micros) -> Result<Option<Change>> {
    let at = head.split_whitespace().next_back().context("no time")?;
    let field = |name: &str| -> Result<u64> {
        let value = fields
            .split_whitespace()
            .find_map(|field| field.strip_prefix(name)?.strip_prefix("=0x"))
            .with_context(|| format!("no field `{name}`"))?;
        Ok(u64::from_str_radix(value, 16)?)
    };
    if field("protocol")? != 6 {
        return Ok(None);
    }
    Ok(Some(Change {
        at: micros(at)?.checked_sub(clock_ahead).context("a time before 1970")?,
        socket: field("skaddr")?,
        from: State::from_number(field("oldstate")?)?,
        to: State::from_number(field("newstate")?)?,
        local_port: u16::try_from(field("sport")?)?,
        peer_port: u16::try_from(field("dport")?)?,
    }))
}

/// A row of `/proc/net/tcp` or `/proc/net/tcp6`: a connection's own end, its other end, and the state.
pub type Row = (SocketAddr, SocketAddr, State);

pub fn parse_table(text: &str) -> Result<Vec<Row>> {
    let row = |line: &str| {
        let mut columns = line.split_whitespace().skip(1);
        let local = endpoint(columns.next()?)?;
        let peer = endpoint(columns.next()?)?;
        let state = u64::from_str_radix(columns.next()?, 16).ok()?;
        Some((local, peer, State::from_number(state).ok()?))
    };
    text.lines()
        .skip(1)
        .map(|line| row(line).with_context(|| format!("/proc/net/tcp has {line:?}")))
        .collect()
}

/// `0100007F:1770`: the address as the machine holds it, word by word, and the port.
fn endpoint(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.split_once(':')?;
    let word = |at: usize| {
        let word = u32::from_str_radix(host.get(at..at + 8)?, 16).ok()?;
        Some(word.to_ne_bytes())
    };
    let host = match host.len() {
        8 => IpAddr::from(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?].concat();
            let bytes: [u8; 16] = words.try_into().ok()?;
            IpAddr::from(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(SocketAddr::new(host, u16::from_str_radix(port, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "\
# tracer: nop
#
# entries-in-buffer/entries-written: 2/2   #P:2
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
             srv-7358    [000] ..... 1795503466.935719: inet_sock_set_state: skaddr=0xffff888100e1dc80 (-131387329749888) oldstate=0x7 (7) newstate=0xa (10) sport=0x1770 (6000) dport=0x0 (0) family=0x2 (2) protocol=0x6 (6) saddr=0x100007f (16777343) daddr=0x0 (0) saddr_v6=<INVALID-SIZE> daddr_v6=<INVALID-SIZE>
 05_threaded_ser-7370    [001] .Ns2. 1795503467.936373: inet_sock_set_state: skaddr=0xffff888100e19280 (-131387329768832) oldstate=0x1 (1) newstate=0x8 (8) sport=0xb6be (46782) dport=0x1770 (6000) family=0x2 (2) protocol=0x6 (6) saddr=0x100007f (16777343) daddr=0x100007f (16777343)
";

    #[test]
    fn reads_changes_of_state() {
        let changes = parse(TRACE, 0).unwrap();
        assert_eq!(changes.len(), 2);
        assert_eq!(
            changes[1],
            Change {
                at: 1_795_503_467_936_373,
                socket: 0xffff_8881_00e1_9280,
                from: State::Established,
                to: State::CloseWait,
                local_port: 46782,
                peer_port: 6000,
            }
        );
        assert_eq!((changes[0].from.name(), changes[0].to.name()), ("CLOSED", "LISTEN"));
    }

    #[test]
    fn takes_off_what_the_clock_is_ahead() {
        assert_eq!(parse(TRACE, 37_000_000).unwrap()[0].at, 1_795_503_429_935_719);
    }

    #[test]
    fn other_protocols_are_left_out() {
        let trace = TRACE.replace("protocol=0x6", "protocol=0x84");
        assert_eq!(parse(&trace, 0).unwrap(), []);
    }

    #[test]
    fn lost_events_are_an_error() {
        let error = parse(&TRACE.replace("2/2", "2/9"), 0).unwrap_err();
        assert_eq!(error.to_string(), "tracefs kept only 2 of 9 events");
    }

    #[test]
    fn a_kernel_that_does_not_name_the_socket_is_an_error() {
        assert!(parse(&TRACE.replace("skaddr=", "family="), 0).is_err());
    }

    #[test]
    fn reads_the_table_of_connections() {
        let table = "  sl  local_address rem_address   st tx_queue\n   0: 0100007F:1770 0100007F:B6BE 06 00000000:00000000\n";
        let rows = parse_table(table).unwrap();
        let expected = (
            "127.0.0.1:6000".parse().unwrap(),
            "127.0.0.1:46782".parse().unwrap(),
            State::TimeWait,
        );
        assert_eq!(rows, [expected]);
        let six = "head\n   0: 00000000000000000000000001000000:1770 00000000000000000000000000000000:0000 0A 0:0\n";
        assert_eq!(parse_table(six).unwrap()[0].0, "[::1]:6000".parse().unwrap());
    }
}
