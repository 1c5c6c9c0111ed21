//! What the terms in a recording's sentences mean: each is explained where it shows first.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

use crate::html::escape;

/// Words as they stand in the sentences, and what they mean.
const TERMS: &[(&str, &str)] = &[
    ("AF_INET", "The family of addresses: IPv4."),
    ("AF_INET6", "The family of addresses: IPv6."),
    ("SOCK_STREAM", "The type of the socket: a stream of bytes."),
    (
        "SOCK_CLOEXEC",
        "Programs that this one starts don’t get the socket: close-on-exec, socket(2). Rust sets it on each socket.",
    ),
    ("IPPROTO_TCP", "The protocol: TCP."),
    ("IPPROTO_IP", "The number 0: the usual protocol for this type, which is TCP."),
    (
        "SO_REUSEADDR",
        "Take the port even if closed connections are still remembered there: socket(7).",
    ),
    (
        "SOL_SOCKET",
        "An option of the socket itself, not of TCP: socket(7). The numbers after it are the value, and how many bytes it takes.",
    ),
    ("SO_TYPE", "Asks for the socket’s type: socket(7)."),
    ("SO_PROTOCOL", "Asks for the socket’s protocol: socket(7)."),
    ("SO_DOMAIN", "Asks for the socket’s family of addresses: socket(7)."),
    ("SHUT_WR", "Closes the sending direction alone: shutdown(2)."),
    ("F_DUPFD_CLOEXEC", "Makes a second descriptor for the same socket: fcntl(2)."),
    ("accept4", "accept with flags, as Rust calls it: accept4(2)."),
    ("bind", "The last number is how many bytes the address takes: bind(2)."),
    ("listen", "The second number is the backlog: listen(2)."),
    ("sendto", "What send is on Linux; Rust’s write and write_all call it: sendto(2)."),
    ("recvfrom", "What recv is on Linux; Rust’s read calls it on a socket: recvfrom(2)."),
    ("read", "Here, a read from the keyboard: read(2)."),
    (
        "getsockname",
        "Asks for the socket’s own address, local_addr in Rust: getsockname(2).",
    ),
    (
        "getpeername",
        "Asks for the other end’s address, peer_addr in Rust: getpeername(2).",
    ),
    ("setsockopt", "Sets an option of the socket: setsockopt(2)."),
    ("getsockopt", "Asks for an option or a property of the socket: getsockopt(2)."),
    (
        "fcntl",
        "Does various things to a descriptor; here it makes a second one, try_clone in Rust: fcntl(2).",
    ),
    (
        "SYN",
        "Opens a connection, and numbers the bytes of its sender (RFC 9293, section 3.5).",
    ),
    ("ACK", "The acknowledgement number in this segment counts (RFC 9293, section 3.1)."),
    (
        "PSH",
        "Marks the end of what was ready to be sent; programs never see it (RFC 9293, section 3.9.1.2).",
    ),
    ("FIN", "Its sender will send no more bytes (RFC 9293, section 3.6)."),
    (
        "RST",
        "Reset: the connection is over at once, or there never was one (RFC 9293, section 3.5.2).",
    ),
    (
        "seq",
        "The sequence number: which of its sender’s bytes comes first in this segment. The SYN is number 0 here, the first byte number 1; \
         really the count begins at a random number (RFC 9293, section 3.4.1).",
    ),
    (
        "ack",
        "The acknowledgement number: the byte that comes next. All before it have arrived (RFC 9293, section 3.4).",
    ),
    (
        "window",
        "How many more bytes its sender has room for. With 0 the other side has to stop (RFC 9293, section 3.8.6).",
    ),
];

/// Sentences in HTML, in which each term is a button where it is used first.
pub struct Terms {
    id: String,
    used: BTreeSet<&'static str>,
}

impl Terms {
    /// For the recording with this id.
    pub fn new(id: &str) -> Terms {
        Terms { id: id.to_owned(), used: BTreeSet::new() }
    }

    /// The sentence. What stands in quotes was said by a program, and has no terms.
    pub fn mark(&mut self, sentence: &str) -> String {
        static WORD: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"[\w-]+").expect("the pattern is well formed"));
        let quoted = sentence.find('“').unwrap_or(sentence.len());
        let mut html = String::new();
        let mut done = 0;
        for word in WORD.find_iter(&sentence[..quoted]) {
            let term = TERMS.iter().find(|(term, _)| *term == word.as_str());
            let Some((term, meaning)) = term else { continue };
            if self.used.insert(*term) {
                let _ = write!(
                    html,
                    "{}<button type=\"button\" class=\"term\" popovertarget=\"{}-{term}\" title=\"{}\">{term}</button>",
                    escape(&sentence[done..word.start()]),
                    self.id,
                    escape(meaning),
                );
                done = word.end();
            }
        }
        html + &escape(&sentence[done..])
    }

    /// What the buttons show.
    pub fn meanings(&self) -> String {
        let used = TERMS.iter().filter(|(term, _)| self.used.contains(term));
        used.map(|(term, meaning)| {
            let id = &self.id;
            format!("<div popover class=\"meaning\" id=\"{id}-{term}\"><b>{term}</b> {}</div>\n", escape(meaning))
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_explained_once_and_never_in_what_was_said() {
        let mut terms = Terms::new("rec");
        let first = terms.mark("Client to server: SYN, seq 0: “ack <SYN>”.");
        assert!(first.starts_with("Client to server: <button type=\"button\" class=\"term\" popovertarget=\"rec-SYN\""), "{first}");
        assert!(first.ends_with("0: “ack &lt;SYN&gt;”."), "{first}");
        assert_eq!(terms.mark("SYN, seq 1"), "SYN, seq 1");
        assert_eq!(terms.meanings().matches("<div popover").count(), 2);
    }
}
