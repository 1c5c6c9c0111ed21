//! What a transcript can't repeat: the ports of a run, and what was measured.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// The digits of a port: after a loopback address and a colon, or as the kernel's calls have it.
static PORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(127\.0\.0\.1:|\[::1\]:|localhost:|htons\()([0-9]+)")
        .expect("it is right")
});

/// What a program has measured, by what stands around the number: a time, or what fits into the kernel's buffers.
static MEASURED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(at once: |everything: |  )[ 0-9]*[0-9]( bytes| µs a turn)")
        .expect("it is right")
});

/// A text without what was measured: all that two runs have in common.
pub fn without_measurements(text: &str) -> String {
    MEASURED.replace_all(text, "$1…$2").into_owned()
}

/// What differs from one run to the next, and how a transcript writes it.
///
/// A port is written as 6000 if it is the server's, and otherwise as 53503, 53504, … in the order in which the ports
/// appear, program by program.
pub struct Varying {
    /// What is written for a real port.
    ports: HashMap<u16, u32>,
    next: u32,
}

impl Varying {
    pub fn new(server: Option<SocketAddr>) -> Self {
        let ports = server.map(|address| (address.port(), 6000));
        Varying { ports: ports.into_iter().collect(), next: 53503 }
    }

    /// Gives a number to each port that this text is the first to name.
    pub fn learn(&mut self, text: &str) {
        for port in PORT.captures_iter(text).filter_map(|found| found[2].parse().ok()) {
            self.learn_port(port);
        }
    }

    /// Gives a number to this port, if it has none yet.
    pub fn learn_port(&mut self, port: u16) {
        if !self.ports.contains_key(&port) && port != 0 && port != 6000 {
            self.ports.insert(port, self.next);
            self.next += 1;
        }
    }

    /// What is written for a port.
    pub fn written(&self, port: u16) -> u32 {
        self.ports.get(&port).copied().unwrap_or(port.into())
    }

    /// Rewrites the ports in a text, and nothing else, whatever numbers it has.
    pub fn rewrite(&self, text: &str) -> String {
        let rewritten = PORT.replace_all(text, |found: &Captures| {
            let port = found[2].parse().map(|port| self.written(port).to_string());
            // Or it is more than a port can be.
            found[1].to_owned() + port.as_deref().unwrap_or(&found[2])
        });
        rewritten.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_numbered_in_the_order_in_which_they_appear() {
        let mut varying = Varying::new(Some(([127, 0, 0, 1], 40000).into()));
        varying.learn("listening on 127.0.0.1:40000, [::1]:50001 and 127.0.0.1:50000");
        varying.learn_port(50002);
        let written = [40000, 50001, 50000, 50002].map(|port| varying.written(port));
        assert_eq!(written, [6000, 53503, 53504, 53505]);
        assert_eq!(varying.written(7), 7);
    }

    #[test]
    fn there_is_a_number_for_every_port() {
        let mut varying = Varying::new(None);
        (0..=u16::MAX).for_each(|port| varying.learn_port(port));
        assert_eq!(varying.written(u16::MAX), 53503 + 65533, "all but 0 and 6000");
    }

    #[test]
    fn a_number_that_only_equals_a_port_stays() {
        let mut varying = Varying::new(None);
        varying.learn_port(50000);
        let text = "50000 bytes from 127.0.0.1:50000, htons(50000), 127.0.0.1:500001 and line 50000";
        let rewritten = "50000 bytes from 127.0.0.1:53503, htons(53503), 127.0.0.1:500001 and line 50000";
        assert_eq!(varying.rewrite(text), rewritten);
    }

    #[test]
    fn what_was_measured_is_left_out_and_no_other_number() {
        let text = "Taken at once: 40960 bytes\nReceived 42 bytes\none write      12 µs a turn\n";
        let without =
            "Taken at once: … bytes\nReceived 42 bytes\none write  … µs a turn\n";
        assert_eq!(without_measurements(text), without);
    }

    #[test]
    fn what_is_more_than_a_port_can_be_stays() {
        let varying = Varying::new(None);
        assert_eq!(varying.rewrite("127.0.0.1:99999999999"), "127.0.0.1:99999999999");
    }
}
