//! What a transcript can't repeat: the ports of a run.

use std::net::SocketAddr;

/// What differs from one run to the next, and how a transcript writes it.
///
/// A port is written as 6000 if it is the server's, and otherwise as 53503, 53504, … in the order in which the ports
/// appear, program by program. That is all.
pub struct Varying {
    /// Real port, written port.
    ports: Vec<(String, String)>,
    next: u32,
}

impl Varying {
    pub fn new(server: Option<SocketAddr>) -> Self {
        let ports = server.map(|address| (address.port().to_string(), "6000".to_owned()));
        Varying { ports: ports.into_iter().collect(), next: 53503 }
    }

    /// Gives a number to each port that this text is the first to name.
    pub fn learn(&mut self, text: &str) {
        for (start, end) in ports_in(text) {
            let port = &text[start..end];
            let known = self.ports.iter().any(|(real, _)| real == port);
            if !known && port != "0" && port != "6000" {
                self.ports.push((port.to_owned(), self.next.to_string()));
                self.next += 1;
            }
        }
    }

    pub fn rewrite(&self, text: &str) -> String {
        let mut result = String::new();
        let mut done = 0;
        for (start, end) in ports_in(text) {
            result += &text[done..start];
            let known = self.ports.iter().find(|(real, _)| *real == text[start..end]);
            result += known.map_or(&text[start..end], |(_, written)| written);
            done = end;
        }
        result + &text[done..]
    }
}

/// Where the text has the digits of a port: behind an IPv4 or a bracketed IPv6 loopback address and a colon.
fn ports_in(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for host in ["127.0.0.1:", "[::1]:", "localhost:"] {
        for (at, _) in text.match_indices(host) {
            let start = at + host.len();
            let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                found.push((start, start + digits));
            }
        }
    }
    found.sort_unstable();
    found
}
