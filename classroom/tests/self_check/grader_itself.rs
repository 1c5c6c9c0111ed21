//! What blocks without end is ended in time, and told where it was.

use grader::{Outcome, Talk, call, client, server};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// The story of a check that has to fail, in good time.
fn story(check: impl FnOnce() -> Outcome) -> String {
    let start = Instant::now();
    let story = check().expect_err("it must fail").to_string();
    assert!(start.elapsed() < grader::limit() * 3, "it took {:?}", start.elapsed());
    println!("{story}");
    story
}

/// On Linux the story names the call.
fn names(story: &str, call: &str) {
    assert!(story.contains(call) || !cfg!(target_os = "linux"), "{story}");
}

#[test]
fn a_server_that_never_accepts() {
    let story = story(|| {
        let server = server(|listener: TcpListener| {
            std::thread::sleep(Duration::from_secs(600));
            drop(listener);
        })?;
        server.client("a client")?.expect("Welcome")
    });
    assert!(story.contains("a client waited for \"Welcome\""), "{story}");
    names(&story, "blocked in a sleep");
}

#[test]
fn a_server_that_waits_for_a_second_client() {
    let story = story(|| {
        let server = server(|listener: TcpListener| -> io::Result<()> {
            let _first = listener.accept()?;
            let _second = listener.accept()?;
            Ok(())
        })?;
        let mut client = server.client("a client")?;
        client.expect("Welcome")
    });
    names(&story, "blocked in accept");
}

#[test]
fn a_server_that_reads_when_it_should_speak() {
    let story = story(|| {
        let server = server(|listener: TcpListener| -> io::Result<usize> {
            listener.accept()?.0.read(&mut [0; 10])
        })?;
        server.client("a client")?.expect("Welcome")
    });
    names(&story, "blocked in recv");
}

#[test]
fn a_server_that_sends_to_nobody() {
    let story = story(|| {
        let server = server(|listener: TcpListener| -> io::Result<()> {
            listener.accept()?.0.write_all(&vec![0; 100_000_000])
        })?;
        let _client = server.client("a client that does not listen")?;
        server.returns()
    });
    names(&story, "blocked in ");
}

#[test]
fn a_server_that_goes_round_and_round() {
    let story = story(|| {
        let server = server(|listener: TcpListener| -> io::Result<()> {
            loop {
                std::hint::black_box(&listener);
            }
        })?;
        server.client("a client")?.expect("Welcome")
    });
    names(&story, "busy, not blocked");
}

#[test]
fn a_thread_of_the_server() {
    let story = story(|| {
        let server = server(|listener: TcpListener| -> io::Result<()> {
            loop {
                let (mut client, _) = listener.accept()?;
                std::thread::spawn(move || client.read(&mut [0; 10]));
            }
        })?;
        server.client("a client")?.expect("Welcome")
    });
    names(
        &story,
        "By then the thread of your server that serves this client was blocked in recv (",
    );
}

#[test]
fn a_client_that_does_not_connect() {
    let story = story(|| {
        client(|_| std::thread::sleep(Duration::from_secs(600)))?.accept()?;
        Ok(())
    });
    assert!(story.starts_with("your client did not connect"), "{story}");
}

#[test]
fn a_client_that_waits_for_more() {
    let story = story(|| {
        let client = client(|address| TcpStream::connect(address)?.read(&mut [0; 10]))?;
        let _server = client.accept()?;
        client.returns()?;
        Ok(())
    });
    names(&story, "blocked in recv");
}

#[test]
fn a_function_that_does_not_return() {
    let story = story(|| {
        call("accept", || {
            TcpListener::bind("127.0.0.1:0")
                .and_then(|listener| listener.accept())
                .map(drop)
        })
    });
    assert!(story.starts_with("`accept` did not return"), "{story}");
}

#[test]
fn a_panic_is_told() {
    let story = story(|| {
        let server = server(|_: TcpListener| {
            let none: Option<usize> = None;
            none.map_or_else(|| panic!("no number"), drop);
        })?;
        server.client("a client").and_then(|mut client| client.expect("Welcome"))
    });
    assert!(
        story.contains("had panicked at tests/self_check/grader_itself.rs:"),
        "{story}"
    );
    assert!(story.contains("no number"), "{story}");
}

#[test]
fn a_panic_of_a_thread_is_told() {
    if !cfg!(target_os = "linux") {
        println!("skipped: panics of a function's threads are told on Linux only");
        return;
    }
    let serve = |listener: TcpListener| -> io::Result<()> {
        loop {
            let (mut client, _) = listener.accept()?;
            std::thread::spawn(move || {
                let count = client.read(&mut [0; 10]).expect("it does not break off");
                assert!(count > 0, "nobody spoke");
            });
        }
    };
    let waiting = story(|| {
        let server = server(serve)?;
        let mut client = server.client("a client")?;
        client.finish()?;
        client.expect("Welcome")
    });
    names(&waiting, "blocked in accept");
    let place =
        "a thread of your server had panicked at tests/self_check/grader_itself.rs:";
    // Before what follows from it.
    assert!(waiting.starts_with(place), "{waiting}");
    assert!(waiting.contains(": nobody spoke\nyour server closed"), "{waiting}");

    let gone = story(|| {
        server(serve)?.part(|server| {
            server.client("a client")?.reset();
            Ok(())
        })
    });
    assert!(gone.starts_with("your server panicked\n"), "{gone}");
    assert!(gone.contains("it does not break off"), "{gone}");
}

/// That the bytes were going to be cut is beside the point.
#[test]
fn a_server_that_is_gone_before_the_second_client() {
    let story = story(|| {
        let server = server(|listener: TcpListener| -> io::Result<()> {
            let (mut client, _) = listener.accept()?;
            drop(listener);
            let mut buffer = [0; 10];
            let count = client.read(&mut buffer)?;
            client.write_all(&buffer[..count])
        })?;
        let talk = Talk::opened_by("").turn("hello", "hello");
        server.plays(&talk)?;
        server.plays_in_pieces(&talk)
    });
    assert!(story.starts_with("your server is not there any more\n"), "{story}");
    assert!(story.contains("   2  a client before had been served\n"), "{story}");
}
