//! tcpdump, as long as a scenario is played.

use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::tools::LIMIT;
use crate::wire::{self, Packet, Segment};

/// A running tcpdump. Dropping it ends it.
pub struct Capture {
    tcpdump: Child,
    errors: Receiver<String>,
    packets: Receiver<Result<Packet>>,
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.tcpdump.kill(); // fails only if it has ended
        let _ = self.tcpdump.wait();
    }
}

impl Capture {
    /// The port of the last packet of all: discard (RFC 863).
    const LAST: &str = "127.0.0.1:9";

    /// Returns once nothing can escape it.
    pub fn start() -> Result<Self> {
        let mut tcpdump = Command::new("tcpdump")
            .args([
                "-i",
                "lo",
                "--immediate-mode",
                "-U",
                "--time-stamp-precision=nano",
                "-w",
                "-",
            ])
            .arg("tcp or udp dst port 9")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("can't run tcpdump")?;
        let stdout = tcpdump.stdout.take().context("tcpdump has no output")?;
        let stderr = tcpdump.stderr.take().context("tcpdump has no errors")?;

        let (send_packet, packets) = mpsc::channel();
        thread::spawn(move || {
            let read = wire::read(stdout, |packet| {
                let _ = send_packet.send(Ok(packet)); // nobody listens any more after an error
            });
            if let Err(error) = read {
                let _ = send_packet.send(Err(error));
            }
        });
        let (send_error, errors) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = send_error.send(line);
            }
        });
        let capture = Capture { tcpdump, errors, packets };
        capture.hear("listening on ")?;
        Ok(capture)
    }

    /// Waits for a line of tcpdump's standard error that has this text.
    fn hear(&self, text: &str) -> Result<String> {
        let mut heard = Vec::new();
        loop {
            match self.errors.recv_timeout(LIMIT) {
                Ok(line) if line.contains(text) => return Ok(line),
                Ok(line) => heard.push(line),
                Err(_) => bail!("tcpdump did not say {text:?}: {}", heard.join("; ")),
            }
        }
    }

    /// Sends a last packet and waits until it is here, and with it all before it.
    pub fn stop(mut self) -> Result<Vec<Segment>> {
        UdpSocket::bind("127.0.0.1:0")
            .and_then(|socket| socket.send_to(b"that was all", Self::LAST))
            .context("can't send a datagram")?;
        let mut segments = Vec::new();
        loop {
            match self.packets.recv_timeout(LIMIT) {
                Ok(packet) => match packet? {
                    Packet::Tcp(segment) => segments.push(segment),
                    Packet::Udp => break,
                },
                Err(RecvTimeoutError::Timeout) => {
                    bail!("tcpdump does not see the last packet")
                }
                Err(RecvTimeoutError::Disconnected) => bail!("tcpdump ended too early"),
            }
        }
        let id = Pid::from_child(&self.tcpdump);
        kill_process(id, Signal::INT).context("can't end tcpdump")?;
        let dropped = self.hear("dropped by kernel")?;
        if !dropped.starts_with("0 ") {
            bail!("tcpdump lost packets: {dropped}");
        }
        self.tcpdump.wait().context("can't wait for tcpdump")?;
        Ok(segments)
    }
}
