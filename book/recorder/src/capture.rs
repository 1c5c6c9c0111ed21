//! tcpdump, as long as a scenario is played.

use std::net::UdpSocket;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use stage::scenarios::Action;
use stage::{Launcher, Stage};

use crate::wire::{self, Segment};

const TCPDUMP: &str = "tcpdump";
/// The last packet of all: what it says, and to which port, discard (RFC 863).
const LAST: (&str, &str) = ("this is the end of the recording", "127.0.0.1:9");

/// A running tcpdump, on a stage of its own. Dropping it ends it.
pub struct Capture(Stage);

struct Tcpdump;

impl Launcher for Tcpdump {
    fn command(&self, _name: &str, _example: &str, _arguments: &[String]) -> Command {
        let mut command = Command::new(TCPDUMP);
        command
            .args(["-i", "lo", "--immediate-mode", "-U", "-w", "-"])
            .args(["--time-stamp-precision=nano", "tcp or udp dst port 9"]);
        command
    }
}

impl Capture {
    /// Returns once nothing can escape it.
    pub fn start() -> Result<Self> {
        let mut stage = Stage::new(Box::new(Tcpdump));
        stage.start(TCPDUMP, Vec::new())?;
        stage.perform(&Action::Await(TCPDUMP, "listening on "))?;
        Ok(Capture(stage))
    }

    /// Sends a last packet and waits until it is here, and with it all before it.
    pub fn stop(self) -> Result<Vec<Segment>> {
        let Capture(mut stage) = self;
        UdpSocket::bind("127.0.0.1:0")
            .and_then(|socket| socket.send_to(LAST.0.as_bytes(), LAST.1))
            .context("can't send a datagram")?;
        stage.perform(&Action::Await(TCPDUMP, LAST.0))?;
        let id = Pid::from_raw(stage.actor(TCPDUMP).id().try_into()?);
        kill_process(id.context("no process id")?, Signal::INT)
            .context("can't end tcpdump")?;
        stage.perform(&Action::Ends(TCPDUMP))?;

        let said = stage.actor(TCPDUMP).stderr();
        let said = String::from_utf8_lossy(&said);
        if !said.lines().any(|line| line == "0 packets dropped by kernel") {
            bail!("tcpdump lost packets: {said}");
        }
        wire::read(&stage.actor(TCPDUMP).stdout())
    }
}
