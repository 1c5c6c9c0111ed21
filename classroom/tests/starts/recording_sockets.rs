//! 10 minutes · chapter 1 · read a recording
//!
//! Reach: write the program that makes the calls of a recording.
//! Why: a recording of its calls shows what a program asks of the kernel, whatever language it is written in. And it shows
//! that a descriptor is only a number, which is given out again once it is free.

use grader::System;
use socket2::{Domain, Type};
use std::io;

/// What the program asked the kernel for, and what the kernel answered (after the `=`).
#[cfg(test)]
const RECORDING: &str = "
    socket(AF_INET, SOCK_STREAM, 0) = 3
    socket(AF_INET6, SOCK_STREAM, 0) = 4
    close(3) = 0
    socket(AF_INET, SOCK_DGRAM, 0) = 3
    close(4) = 0
    close(3) = 0
";

/// `system.socket` creates a real socket and notes it down. What is dropped is closed.
fn program(system: &System) -> io::Result<()> {
    let _first = system.socket(Domain::IPV4, Type::STREAM)?;
    // TODO: The other calls, in their order.
    Ok(())
}

fn main() {
    grader::by_hand::show("program", || program(&System::default()));
}

