//! Five traps of buffered reading and writing, each over a real connection.
//!
//! ```text
//! cargo run --example 06_traps
//! ```

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

// ANCHOR: main
fn main() -> anyhow::Result<()> {
    lost()?;
    unlimited()?;
    not_flushed()?;
    without_an_end()?;
    half_a_character()?;
    Ok(())
}

/// The two ends of a connection. The second waits at most 100 ms for bytes.
fn connection() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let one = TcpStream::connect(listener.local_addr()?)?;
    let (other, _) = listener.accept()?;
    other.set_read_timeout(Some(Duration::from_millis(100)))?;
    Ok((one, other))
}
// ANCHOR_END: main

// ANCHOR: lost
/// A `BufReader` for each line: the first takes all that has come, and keeps it.
fn lost() -> io::Result<()> {
    let (mut one, other) = connection()?;
    one.write_all(b"Michael\nTracy\n")?;
    one.shutdown(Shutdown::Write)?;

    for _ in 0..2 {
        let mut line = String::new();
        BufReader::new(&other).read_line(&mut line)?;
        println!("a reader for each line: {line:?}");
    }
    Ok(())
}
// ANCHOR_END: lost

// ANCHOR: unlimited
/// `read_line` without a limit: a line is as long as the other end likes.
fn unlimited() -> io::Result<()> {
    let (mut one, other) = connection()?;
    let sending = thread::Builder::new().spawn(move || {
        let megabyte = [b'x'; 1_000_000];
        (0..10).try_for_each(|_| one.write_all(&megabyte))
    })?;

    let mut line = String::new();
    BufReader::new(other).read_line(&mut line)?;
    println!("without a limit: a line of {} bytes, and all in memory", line.len());
    sending.join().expect("it doesn't panic")
}
// ANCHOR_END: unlimited

// ANCHOR: not_flushed
/// A `BufWriter` that isn't flushed: the other end waits for bytes that were never sent.
fn not_flushed() -> io::Result<()> {
    let (one, mut other) = connection()?;
    let mut writer = BufWriter::new(one);
    writer.write_all(b"What's your name?\n")?;

    let mut buffer = [0; 1024];
    let received = other.read(&mut buffer).map_err(|error| error.kind());
    println!("before flush: {received:?}");
    writer.flush()?;
    println!("after flush: {} bytes", other.read(&mut buffer)?);
    Ok(())
}
// ANCHOR_END: not_flushed

// ANCHOR: without_an_end
/// `read_to_end` on a connection that stays open: what has come is not enough for it.
fn without_an_end() -> io::Result<()> {
    let (mut one, mut other) = connection()?;
    one.write_all(b"Michael\n")?;

    let mut received = Vec::new();
    let result = other.read_to_end(&mut received).map_err(|error| error.kind());
    println!("no end: {result:?}, although {} bytes had come", received.len());
    Ok(())
}
// ANCHOR_END: without_an_end

// ANCHOR: half_a_character
/// A character that is cut in two: neither piece is text.
fn half_a_character() -> io::Result<()> {
    let (mut one, mut other) = connection()?;
    let mut buffer = [0; 1024];
    let mut received = Vec::new();
    for piece in [&b"Zo\xc3"[..], b"\xab\n"] {
        one.write_all(piece)?;
        let n = other.read(&mut buffer)?;
        println!("a piece as text: {:?}", String::from_utf8_lossy(&buffer[..n]));
        received.extend_from_slice(&buffer[..n]);
    }
    println!("the whole line as text: {:?}", String::from_utf8_lossy(&received));
    Ok(())
}
// ANCHOR_END: half_a_character
