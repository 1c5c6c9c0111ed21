//! Reads the segments of a capture (the pcap format, as `tcpdump -w` writes it).

use std::io::Read;
use std::net::{IpAddr, SocketAddr};

use anyhow::{Context, Result, bail};
use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{LegacyPcapReader, Linktype, PcapBlockOwned, PcapError};

use crate::Micros;

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
    pub payload: Vec<u8>,
}

/// What a capture holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Packet {
    Tcp(Segment),
    /// A datagram. The recorder sends one at the end: once it is here, so is all that came before.
    Udp,
}

/// Reads a capture as it comes, and hands over each packet.
pub fn read(capture: impl Read, mut each: impl FnMut(Packet)) -> Result<()> {
    const BIGGEST_PACKET: usize = 1 << 18; // tcpdump's snapshot length
    let mut reader = LegacyPcapReader::new(2 * BIGGEST_PACKET, capture)
        .map_err(|error| anyhow::anyhow!("tcpdump's capture has no head: {error:?}"))?;
    let mut nanoseconds = false;
    loop {
        let used = match reader.next() {
            Ok((used, block)) => {
                match block {
                    PcapBlockOwned::LegacyHeader(head) => {
                        if head.network != Linktype::ETHERNET {
                            bail!("the capture is not of Ethernet frames");
                        }
                        nanoseconds = head.is_nanosecond_precision();
                    }
                    PcapBlockOwned::Legacy(block) => {
                        if block.caplen != block.origlen {
                            bail!("tcpdump cut a packet to {} bytes", block.caplen);
                        }
                        let fraction = Micros::from(block.ts_usec);
                        let fraction =
                            if nanoseconds { fraction / 1000 } else { fraction };
                        let at = Micros::from(block.ts_sec) * 1_000_000 + fraction;
                        if let Some(packet) = parse_packet(at, block.data)? {
                            each(packet);
                        }
                    }
                    PcapBlockOwned::NG(_) => bail!("the capture is of the format pcapng"),
                }
                used
            }
            Err(PcapError::Eof) => return Ok(()),
            Err(PcapError::Incomplete(_)) => {
                reader
                    .refill()
                    .map_err(|error| anyhow::anyhow!("can't read it: {error:?}"))?;
                continue;
            }
            Err(error) => bail!("can't read the capture: {error:?}"),
        };
        reader.consume(used);
    }
}

fn parse_packet(at: Micros, frame: &[u8]) -> Result<Option<Packet>> {
    let packet =
        SlicedPacket::from_ethernet(frame).context("can't read a captured packet")?;
    let hosts: (IpAddr, IpAddr) = match &packet.net {
        Some(NetSlice::Ipv4(ip)) => {
            let head = ip.header();
            (head.source_addr().into(), head.destination_addr().into())
        }
        Some(NetSlice::Ipv6(ip)) => {
            let head = ip.header();
            (head.source_addr().into(), head.destination_addr().into())
        }
        _ => return Ok(None),
    };
    Ok(match &packet.transport {
        Some(TransportSlice::Tcp(tcp)) => Some(Packet::Tcp(Segment {
            at,
            from: SocketAddr::new(hosts.0, tcp.source_port()),
            to: SocketAddr::new(hosts.1, tcp.destination_port()),
            syn: tcp.syn(),
            fin: tcp.fin(),
            rst: tcp.rst(),
            psh: tcp.psh(),
            ack: tcp.ack().then(|| tcp.acknowledgment_number()),
            seq: tcp.sequence_number(),
            payload: tcp.payload().to_vec(),
        })),
        Some(TransportSlice::Udp(_)) => Some(Packet::Udp),
        _ => None,
    })
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
        let mut packets = Vec::new();
        read(&capture()[..], |packet| packets.push(packet)).unwrap();
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
            payload: b"Hi".to_vec(),
        };
        assert_eq!(packets, [Packet::Tcp(expected)]);
    }

    #[test]
    fn knows_a_datagram() {
        let mut file = capture();
        file[24 + 16 + 14 + 9] = 17; // the protocol: UDP, whose head says its length in bytes 4 and 5
        file[24 + 16 + 14 + 20 + 5] = 22;
        let mut packets = Vec::new();
        read(&file[..], |packet| packets.push(packet)).unwrap();
        assert_eq!(packets, [Packet::Udp]);
    }

    #[test]
    fn a_cut_packet_is_an_error() {
        let mut file = capture();
        file[24 + 12] += 1; // the length that it had
        let error = read(&file[..], |_| {}).unwrap_err();
        assert_eq!(error.to_string(), "tcpdump cut a packet to 56 bytes");
    }
}
