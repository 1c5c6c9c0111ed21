//! Reads the segments of a capture (the pcap format, as `tcpdump -w` writes it).

use std::net::SocketAddr;

use anyhow::{Context, Result, anyhow, ensure};
use etherparse::{IpSlice, SlicedPacket, TcpOptionElement, TransportSlice};
use pcap_parser::{Linktype, parse_pcap};

use crate::tools::Micros;

/// One TCP segment, with the numbers as they were on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub at: Micros,
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub syn: bool,
    pub fin: bool,
    pub rst: bool,
    pub psh: bool,
    /// The acknowledgement number, if it says one.
    pub ack: Option<u32>,
    pub seq: u32,
    /// The window as it stands in the header, not scaled yet.
    pub window: u16,
    /// By how many bits the sender's windows are to be shifted, as its `SYN` says (RFC 7323, section 2).
    pub window_scale: Option<u8>,
    pub payload: Vec<u8>,
}

/// Reads a whole capture.
pub fn read(capture: &[u8]) -> Result<Vec<Segment>> {
    let (rest, capture) =
        parse_pcap(capture).map_err(|_| anyhow!("tcpdump's capture has no head"))?;
    ensure!(rest.is_empty(), "tcpdump's capture ends with a part of a packet");
    let head = capture.header;
    ensure!(head.network == Linktype::ETHERNET, "the capture is not of Ethernet frames");
    let in_a_micro = if head.is_nanosecond_precision() { 1000 } else { 1 };
    let mut segments = Vec::new();
    for block in capture.blocks {
        let length = block.caplen;
        ensure!(length == block.origlen, "tcpdump cut a packet to {length} bytes");
        let fraction = Micros::from(block.ts_usec) / in_a_micro;
        let at = Micros::from(block.ts_sec) * 1_000_000 + fraction;
        segments.extend(parse_packet(at, block.data)?);
    }
    Ok(segments)
}

/// None if it is no segment, but the datagram that the recorder sends last.
fn parse_packet(at: Micros, frame: &[u8]) -> Result<Option<Segment>> {
    let packet =
        SlicedPacket::from_ethernet(frame).context("can't read a captured packet")?;
    let Some(TransportSlice::Tcp(tcp)) = &packet.transport else {
        return Ok(None);
    };
    let ip = packet.ether_payload().context("a captured packet is empty")?;
    let ip = IpSlice::from_slice(ip.payload).context("can't read an IP packet")?;
    Ok(Some(Segment {
        at,
        from: SocketAddr::new(ip.source_addr(), tcp.source_port()),
        to: SocketAddr::new(ip.destination_addr(), tcp.destination_port()),
        syn: tcp.syn(),
        fin: tcp.fin(),
        rst: tcp.rst(),
        psh: tcp.psh(),
        ack: tcp.ack().then(|| tcp.acknowledgment_number()),
        seq: tcp.sequence_number(),
        window: tcp.window_size(),
        window_scale: tcp.options_iterator().find_map(|option| match option {
            Ok(TcpOptionElement::WindowScale(bits)) => Some(bits),
            _ => None,
        }),
        payload: tcp.payload().to_vec(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file head, and one packet: `127.0.0.1:46782 > 127.0.0.1:6000: Flags [P.], seq 7, ack 9, "Hi"`.
    fn capture() -> Vec<u8> {
        let mut file = Vec::new();
        file.extend(0xa1b2_3c4d_u32.to_le_bytes()); // nanoseconds
        file.extend([2, 0, 4, 0]);
        file.extend([0; 8]);
        file.extend(262_144_u32.to_le_bytes());
        file.extend(1_u32.to_le_bytes()); // Ethernet

        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00]);
        frame.extend([
            0x45, 0, 0, 42, 0, 0, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1,
        ]);
        frame.extend([
            0xb6, 0xbe, 0x17, 0x70, 0, 0, 0, 7, 0, 0, 0, 9, 0x50, 0x18, 0, 64, 0, 0, 0, 0,
        ]);
        frame.extend(b"Hi");

        file.extend(1_795_503_467_u32.to_le_bytes());
        file.extend(922_731_999_u32.to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend((frame.len() as u32).to_le_bytes());
        file.extend(frame);
        file
    }

    #[test]
    fn reads_a_segment() {
        let expected = Segment {
            at: 1_795_503_467_922_731,
            from: "127.0.0.1:46782".parse().unwrap(),
            to: "127.0.0.1:6000".parse().unwrap(),
            syn: false,
            fin: false,
            rst: false,
            psh: true,
            ack: Some(9),
            seq: 7,
            window: 64,
            window_scale: None,
            payload: b"Hi".to_vec(),
        };
        assert_eq!(read(&capture()).unwrap(), [expected]);
    }

    #[test]
    fn leaves_out_a_datagram() {
        let mut file = capture();
        file[24 + 16 + 14 + 9] = 17; // the protocol: UDP, whose head says its length in bytes 4 and 5
        file[24 + 16 + 14 + 20 + 5] = 22;
        assert_eq!(read(&file).unwrap(), []);
    }

    #[test]
    fn a_cut_packet_is_an_error() {
        let mut file = capture();
        file[24 + 12] += 1; // the length that it had
        let error = read(&file).unwrap_err();
        assert_eq!(error.to_string(), "tcpdump cut a packet to 56 bytes");
    }

    #[test]
    fn a_capture_that_is_not_whole_is_an_error() {
        let file = capture();
        assert!(read(&file[..file.len() - 1]).is_err());
    }
}
