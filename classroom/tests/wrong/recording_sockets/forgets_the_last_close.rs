// told: recorded  close(3) = 0
// told: yours     no call

use grader::System;
use socket2::{Domain, Type};
use std::io;

#[cfg(test)]
const RECORDING: &str = "
    socket(AF_INET, SOCK_STREAM, 0) = 3
    socket(AF_INET6, SOCK_STREAM, 0) = 4
    close(3) = 0
    socket(AF_INET, SOCK_DGRAM, 0) = 3
    close(4) = 0
    close(3) = 0
";

fn program(system: &System) -> io::Result<()> {
    let first = system.socket(Domain::IPV4, Type::STREAM)?;
    let second = system.socket(Domain::IPV6, Type::STREAM)?;
    drop(first);
    let third = system.socket(Domain::IPV4, Type::DGRAM)?;
    drop(second);
    std::mem::forget(third);
    Ok(())
}
