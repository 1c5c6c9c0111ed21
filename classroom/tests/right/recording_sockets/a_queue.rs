use grader::System;
use socket2::{Domain, Type};
use std::collections::VecDeque;
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
    let mut open = VecDeque::new();
    open.push_back(system.socket(Domain::IPV4, Type::STREAM)?);
    open.push_back(system.socket(Domain::IPV6, Type::STREAM)?);
    open.pop_front();
    open.push_back(system.socket(Domain::IPV4, Type::DGRAM)?);
    while let Some(socket) = open.pop_front() {
        drop(socket);
    }
    Ok(())
}
