//! What a client must not be able to do to a server that takes messages.

use super::{LINE_SERVERS, WELCOME, framed, hello};
use crate::examples::{perform, played};
use crate::peer::Peer;
use stage::Stage;
use stage::scenarios::Action::{Await, Serve};

/// A client of this server that has been welcomed.
fn welcomed(stage: &Stage) -> Peer {
    let mut client = Peer::connect(stage.server().expect("it listens"));
    client.hears(WELCOME);
    client
}

#[test]
fn a_line_without_its_end_is_no_name() {
    for server in LINE_SERVERS {
        let mut stage = played(&[Serve(server)]);
        let mut client = welcomed(&stage);
        client.says("Michael\nTra");
        client.hears(hello("Michael"));
        client.half_closes();
        client.hears_end();
        perform(&mut stage, &[Await(server, "the stream ended in the middle of a")]);
    }
}

/// The length server takes no memory for what a length only announces, and ends no one else's talk.
#[test]
fn a_length_has_a_limit() {
    let welcome = [framed("Server: Welcome!"), framed("Server: What's your name?")].concat();
    let stage = played(&[Serve("06_length_server")]);
    let address = stage.server().expect("it listens");
    let mut patient = Peer::connect(address);
    patient.hears(&welcome);
    for length in [1025_u32, 1 << 20, u32::MAX] {
        let mut client = Peer::connect(address);
        client.hears(&welcome);
        client.says(length.to_be_bytes());
        client.hears_end();
    }
    let name = "x".repeat(1024);
    patient.says(framed(&name));
    let answer = [framed(&format!("Server: Hello {name}!")), framed("Server: What's your name?")];
    patient.hears(answer.concat());
}

/// A line of a gigabyte, and 200 clients that send a byte at a time: afterwards the memory is back to where it was.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_bounded() {
    for server in LINE_SERVERS {
        let mut stage = played(&[Serve(server)]);
        let id = stage.actor(server).id();
        // Each of these leaves behind what the allocator keeps.
        for _ in 0..2 {
            let mut clients: Vec<Peer> = (0..200).map(|_| welcomed(&stage)).collect();
            clients.iter_mut().for_each(|client| client.says("Michael\n"));
            clients.iter_mut().for_each(|client| client.hears(hello("Michael")));
        }
        let before = settled(&mut stage, server, id);

        let mut endless = welcomed(&stage);
        let megabyte = vec![b'x'; 1 << 20];
        for _ in 0..1024 {
            endless.tries_to_say(&megabyte); // refused from some byte on
        }
        drop(endless);
        let mut clients: Vec<Peer> = (0..200).map(|_| welcomed(&stage)).collect();
        for byte in "Michael\n".bytes() {
            clients.iter_mut().for_each(|client| client.says([byte]));
        }
        clients.iter_mut().for_each(|client| client.hears(hello("Michael")));
        drop(clients);

        let after = settled(&mut stage, server, id);
        assert!(after <= before + 512, "{server}: {before} kB before, {after} kB after");
    }
}

/// The server's memory in kB, once no client is left.
#[cfg(target_os = "linux")]
fn settled(stage: &mut Stage, server: &'static str, id: u32) -> u64 {
    let alone = stage.wait_until(server, |_| {
        let threads = std::fs::read_dir(format!("/proc/{id}/task")).ok()?.count();
        (threads == 1).then_some(())
    });
    assert!(alone.is_some(), "{}", stage.story("no thread to stay behind"));
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.expect("a process has memory")
}
