//! Ports for the student's program, and commands in which one is filled in.

use crate::limit::limit;
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
const BLOCK_SIZE: u16 = 100;
const BLOCKS: u16 = 100;

/// Whether even a program that does not set `SO_REUSEADDR` can listen there: also nothing is left of earlier connections.
fn is_free(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Socket::new(Domain::IPV4, Type::STREAM, None)
        .and_then(|socket| socket.bind(&address.into()))
        .is_ok()
}

/// Starting a program takes longer than anything that it does then: as many time limits.
pub(crate) const START: u32 = 5;

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
    let words = shell_words::split(command).map_err(|error| {
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
