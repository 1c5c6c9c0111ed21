//! Ports for the student's program, and commands in which one is filled in.

use crate::limit::limit;
use crate::processes::while_none_starts;
use crate::story::{Outcome, Story};
use socket2::{Domain, Socket, Type};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Fails if two programs on this machine can't reach each other at 127.0.0.1: then nothing can be checked. It is tried once in a
/// process.
pub fn loopback() -> Outcome {
    static WORKS: OnceLock<Result<(), String>> = OnceLock::new();
    let works = WORKS.get_or_init(|| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let connected = listener.and_then(|listener| {
            TcpStream::connect_timeout(&listener.local_addr()?, limit())
        });
        connected.map(drop).map_err(|error| error.to_string())
    });
    works.clone().map_err(|error| {
        Story::new(format!(
            "error: no conversation on 127.0.0.1, which everything here needs: {error}. Is loopback up?"
        ))
    })
}

/// A listener on a port that was free, and its address.
pub(crate) fn free_port() -> Outcome<(TcpListener, SocketAddr)> {
    loopback()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| {
            let address = listener.local_addr()?;
            Ok((listener, address))
        })
        .map_err(|error| {
            Story::new(format!("the grader can't listen on 127.0.0.1: {error}"))
        })
}

/// A port that is free for a program to listen on.
///
/// Not one that the system has chosen: it could choose the same again, for somebody else, before the program takes it. Systems
/// choose from higher up. Nor one that another grader could choose meanwhile: each has a block of ports to itself, and
/// claims it by listening on its first for as long as it runs.
pub(crate) fn port_for_program() -> Outcome<u16> {
    loopback()?;
    static BLOCK: OnceLock<Option<(TcpListener, u16)>> = OnceLock::new();
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let claim = || {
        // Graders that run one after the other begin in different places.
        let start = (std::process::id() % u32::from(BLOCKS)) as u16;
        (0..BLOCKS).find_map(|number| {
            let first = FIRST_PORT + (start + number) % BLOCKS * BLOCK_SIZE;
            let claim = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).ok()?;
            Some((claim, first))
        })
    };
    let Some((_claim, first)) = BLOCK.get_or_init(claim) else {
        return Err(Story::new("no block of ports from 20000 to 29999 is free"));
    };
    let others = BLOCK_SIZE - 1;
    let mut ports =
        (0..others).map(|_| first + 1 + NEXT.fetch_add(1, Ordering::Relaxed) % others);
    let free = ports.find(|port| is_free(*port));
    free.ok_or_else(|| Story::new(format!("no port from {first} on is free")))
}

const FIRST_PORT: u16 = 20_000;
const BLOCK_SIZE: u16 = 250;
const BLOCKS: u16 = 40;

/// Whether even a program that does not set `SO_REUSEADDR` can listen there: also nothing is left of earlier connections.
fn is_free(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let bind = || {
        Socket::new(Domain::IPV4, Type::STREAM, None)
            .and_then(|socket| socket.bind(&address.into()))
            .is_ok()
    };
    // Or a copy of this socket would keep the port from the program that it is for.
    while_none_starts(bind)
}

/// Starting a program takes longer than anything that it does then: as many time limits.
pub(crate) const START: u32 = 5;

/// A command's words by a Unix shell's rules: a backslash takes away the meaning of what follows it.
fn split_elsewhere(command: &str) -> Result<Vec<String>, String> {
    shell_words::split(command).map_err(|error| error.to_string())
}

/// A command's words by the rules of Windows: a backslash is one, as in `C:\Users`, except before a double quote, and nothing
/// but double quotes holds words together.
fn split_on_windows(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut backslashes) = (None::<String>, false, 0);
    for c in command.chars() {
        if c == '\\' {
            backslashes += 1;
            continue;
        }
        // Before a quote, two of them stand for one, and one that is left over makes the quote an ordinary character.
        let quote = c == '"';
        let literal = if quote { backslashes / 2 } else { backslashes };
        let escaped = quote && backslashes % 2 == 1;
        backslashes = 0;
        if literal > 0 || quote || quoted || !c.is_whitespace() {
            word.get_or_insert_default().push_str(&"\\".repeat(literal));
        }
        match c {
            '"' if !escaped => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    if backslashes > 0 {
        word.get_or_insert_default().push_str(&"\\".repeat(backslashes));
    }
    words.extend(word);
    if quoted { Err("a double quote is missing".to_owned()) } else { Ok(words) }
}

/// The command's words, with the address filled in.
pub(crate) fn words(command: &str, address: SocketAddr) -> Outcome<Vec<String>> {
    filled(command, &address.ip().to_string(), &address.port().to_string(), "")
}

/// The command's words, with these in the places of `{host}`, `{port}`, both (`{addr}`) and `{text}`.
pub(crate) fn filled(
    command: &str,
    host: &str,
    port: &str,
    text: &str,
) -> Outcome<Vec<String>> {
    let split = if cfg!(windows) { split_on_windows } else { split_elsewhere };
    let words = split(command).map_err(|error| {
        Story::new(format!("the command `{command}` can't be read: {error}"))
    })?;
    if !["{port}", "{addr}"].iter().any(|place| command.contains(place)) {
        return Err(Story::new(format!(
            "the command `{command}` does not say where the port goes: write {{port}} or {{addr}} in it"
        )));
    }
    let fill = |word: String| {
        word.replace("{port}", port)
            .replace("{host}", host)
            .replace("{addr}", &format!("{host}:{port}"))
            // The last, so that nothing is filled in within it.
            .replace("{text}", text)
    };
    Ok(words.into_iter().map(fill).collect())
}

#[cfg(test)]
mod tests {
    use super::{split_elsewhere, split_on_windows};

    #[test]
    fn a_backslash_on_windows_is_one() {
        for (command, words) in [
            (
                r"C:\Users\ann\server.exe {port}",
                &[r"C:\Users\ann\server.exe", "{port}"][..],
            ),
            (
                r#""C:\My Files\server.exe" {port}"#,
                &[r"C:\My Files\server.exe", "{port}"],
            ),
            (r#"a.exe "C:\My Files\\" b\"#, &["a.exe", r"C:\My Files\", r"b\"]),
            (r#"a.exe \"b\" it's ''"#, &["a.exe", r#""b""#, "it's", "''"]),
            (r#"  a.exe ""  \\server\share "#, &["a.exe", "", r"\\server\share"]),
        ] {
            let split = split_on_windows(command).expect("it can be split");
            assert_eq!(split, words, "{command}");
        }
        assert!(split_on_windows(r#"a.exe "b"#).is_err());
    }

    #[test]
    fn elsewhere_a_command_is_split_as_in_a_shell() {
        for (command, words) in [
            (r"my\ server {port}", &["my server", "{port}"][..]),
            (r#"'my server' "{port}""#, &["my server", "{port}"]),
        ] {
            let split = split_elsewhere(command).expect("it can be split");
            assert_eq!(split, words, "{command}");
        }
        assert!(split_elsewhere("a 'b").is_err());
    }
}
