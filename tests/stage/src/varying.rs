//! What a transcript can't repeat: the ports of a run.

use std::net::SocketAddr;
use std::ops::Range;

/// What differs from one run to the next, and how a transcript writes it.
///
/// A port is written as 6000 if it is the server's, and otherwise as 53503, 53504, … in the order in which the ports
/// appear, program by program. That is all.
pub struct Varying {
    /// Real port, written port.
    ports: Vec<(u16, u16)>,
    next: u16,
}

impl Varying {
    pub fn new(server: Option<SocketAddr>) -> Self {
        let ports = server.map(|address| (address.port(), 6000));
        Varying { ports: ports.into_iter().collect(), next: 53503 }
    }

    /// Gives a number to each port that this text is the first to name.
    pub fn learn(&mut self, text: &str) {
        for range in ports_in(text) {
            if let Ok(port) = text[range].parse() {
                self.learn_port(port);
            }
        }
    }

    /// Gives a number to this port, if it has none yet.
    pub fn learn_port(&mut self, port: u16) {
        let known = self.ports.iter().any(|(real, _)| *real == port);
        if !known && port != 0 && port != 6000 {
            self.ports.push((port, self.next));
            self.next += 1;
        }
    }

    /// What is written for a port.
    pub fn written(&self, port: u16) -> u16 {
        let known = self.ports.iter().find(|(real, _)| *real == port);
        known.map_or(port, |(_, written)| *written)
    }

    /// Rewrites the ports in a text, and nothing else, whatever numbers it has.
    pub fn rewrite(&self, text: &str) -> String {
        let mut result = String::new();
        let mut done = 0;
        for range in ports_in(text) {
            result += &text[done..range.start];
            let digits = &text[range.clone()];
            match digits.parse() {
                Ok(port) => result += &self.written(port).to_string(),
                Err(_) => result += digits, // more than a port can be
            }
            done = range.end;
        }
        result + &text[done..]
    }
}

/// Where the text has the digits of a port: after a loopback address and a colon, or as the kernel's calls have it.
fn ports_in(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for before in ["127.0.0.1:", "[::1]:", "localhost:", "htons("] {
        for (at, _) in text.match_indices(before) {
            let start = at + before.len();
            let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                found.push(start..start + digits);
            }
        }
    }
    found.sort_unstable_by_key(|range| range.start);
    found
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
    fn a_number_that_only_equals_a_port_stays() {
        let mut varying = Varying::new(None);
        varying.learn_port(50000);
        let text = "50000 bytes from 127.0.0.1:50000, htons(50000), 127.0.0.1:500001 and line 50000";
        let rewritten = "50000 bytes from 127.0.0.1:53503, htons(53503), 127.0.0.1:500001 and line 50000";
        assert_eq!(varying.rewrite(text), rewritten);
    }

    #[test]
    fn what_is_more_than_a_port_can_be_stays() {
        let varying = Varying::new(None);
        assert_eq!(varying.rewrite("127.0.0.1:99999999999"), "127.0.0.1:99999999999");
    }
}
