//! Measures how long a turn takes, for four ways to send an answer and the next question.
//!
//! ```text
//! cargo run --example 06_round_trips
//! ```

use std::io::{self, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

const ANSWER: &[u8] = b"Server: Hello Michael!\n";
const QUESTION: &[u8] = b"Server: What's your name?\n";
const TURNS: u32 = 20;

// ANCHOR: answers
fn two_writes(mut stream: &TcpStream) -> io::Result<()> {
    stream.write_all(ANSWER)?;
    stream.write_all(QUESTION)
}

fn one_write(mut stream: &TcpStream) -> io::Result<()> {
    stream.write_all(&[ANSWER, QUESTION].concat())
}

fn buf_writer(stream: &TcpStream) -> io::Result<()> {
    let mut writer = BufWriter::new(stream);
    writer.write_all(ANSWER)?;
    writer.write_all(QUESTION)?;
    writer.flush()
}

fn no_delay(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    two_writes(stream)
}
// ANCHOR_END: answers

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    println!("two writes               {}", measure(two_writes)?);
    println!("one write                {}", measure(one_write)?);
    println!("two writes, BufWriter    {}", measure(buf_writer)?);
    println!("two writes, TCP_NODELAY  {}", measure(no_delay)?);
    Ok(())
}

/// The time of a turn, in the middle of several: a server in a thread answers in this way,
/// and we are its client.
fn measure(answer: fn(&TcpStream) -> io::Result<()>) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").context("can't listen")?;
    let address = listener.local_addr()?;
    thread::Builder::new().spawn(move || -> io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        while stream.read(&mut [0; 1024])? > 0 {
            answer(&stream)?;
        }
        Ok(())
    })?;
    // ANCHOR_END: main

    // ANCHOR: client
    let mut stream = TcpStream::connect(address).context("can't connect")?;
    let mut times = Vec::new();
    for _ in 0..TURNS {
        let start = Instant::now();
        stream.write_all(b"Michael\n").context("can't send")?;
        let mut received = Vec::new();
        let mut buffer = [0; 1024];
        while !received.ends_with(QUESTION) {
            let n = stream.read(&mut buffer).context("can't receive")?;
            ensure!(n > 0, "the server has closed");
            received.extend_from_slice(&buffer[..n]);
        }
        times.push(start.elapsed());
    }
    times.sort();
    let middle: Duration = times[times.len() / 2];
    Ok(format!("{:>7} µs a turn", middle.as_micros()))
}
// ANCHOR_END: client
