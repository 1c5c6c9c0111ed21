//! Reads the changes of TCP states: the tracepoint `sock:inet_sock_set_state` as tracefs prints it with the option
//! `fields`.

use anyhow::{Context, Result, bail};
use procfs::net::TcpState;

use crate::tools::{Micros, micros};

/// One change of one socket's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub at: Micros,
    /// The kernel's name of the socket, until it is `CLOSED`. Afterwards another may have it.
    pub socket: u64,
    pub from: TcpState,
    pub to: TcpState,
    pub local_port: u16,
    pub peer_port: u16,
}

/// The state by the name that RFC 9293 gives it.
pub fn name(state: &TcpState) -> &'static str {
    match state {
        TcpState::Established => "ESTABLISHED",
        TcpState::SynSent => "SYN-SENT",
        TcpState::SynRecv | TcpState::NewSynRecv => "SYN-RECEIVED",
        TcpState::FinWait1 => "FIN-WAIT-1",
        TcpState::FinWait2 => "FIN-WAIT-2",
        TcpState::TimeWait => "TIME-WAIT",
        TcpState::Close => "CLOSED",
        TcpState::CloseWait => "CLOSE-WAIT",
        TcpState::LastAck => "LAST-ACK",
        TcpState::Listen => "LISTEN",
        TcpState::Closing => "CLOSING",
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
    let state = |name: &str| {
        let number = u8::try_from(field(name)?)?;
        TcpState::from_u8(number).with_context(|| format!("no TCP state {number}"))
    };
    if field("protocol")? != 6 {
        return Ok(None);
    }
    Ok(Some(Change {
        at: micros(at)?.checked_sub(clock_ahead).context("a time before 1970")?,
        socket: field("skaddr")?,
        from: state("oldstate")?,
        to: state("newstate")?,
        local_port: u16::try_from(field("sport")?)?,
        peer_port: u16::try_from(field("dport")?)?,
    }))
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
                from: TcpState::Established,
                to: TcpState::CloseWait,
                local_port: 46782,
                peer_port: 6000,
            }
        );
        assert_eq!((name(&changes[0].from), name(&changes[0].to)), ("CLOSED", "LISTEN"));
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
}
