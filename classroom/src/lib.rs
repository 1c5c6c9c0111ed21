//! The grader: what the tests of the exercises call.
//!
//! A student's server or client is started on a thread of its own ([`server`], [`client`]), or as a command in any language
//! ([`server_program`], [`client_program`]). The grader is the other end of the connection, a [`Peer`]. It keeps a log of all that
//! happens, and when something else comes than was expected, the test fails with a [`Story`].
//!
//! - Every wait has a time limit ([`limit`]). Who waits in vain is told which call the program was blocked in.
//! - Ports are free ones, so that tests may run side by side.
//! - The same bytes are delivered in every way in which a stream may deliver them ([`Server::plays_in_pieces`]).
//!
//! ```
//! use std::io::{self, Read, Write};
//! use std::net::TcpListener;
//!
//! fn shout(listener: TcpListener) -> io::Result<()> {
//!     let (mut connection, _) = listener.accept()?;
//!     let mut buffer = [0; 1024];
//!     let count = connection.read(&mut buffer)?;
//!     connection.write_all(&buffer[..count].to_ascii_uppercase())
//! }
//!
//! fn check() -> grader::Outcome {
//!     let server = grader::server(shout)?;
//!     let mut ann = server.client("Ann")?;
//!     ann.send(b"hello")?;
//!     ann.expect("HELLO")?;
//!     ann.expect_end()?;
//!     server.returns()
//! }
//!
//! check().unwrap();
//! ```

#![deny(unsafe_code)]

pub mod by_hand;
pub mod chapter_05;
pub mod chapter_06;
pub mod from_scratch;

mod accept;
mod blocked;
mod call;
mod client;
mod crash;
mod faults;
mod limit;
mod mutex;
mod peer;
mod pieces;
mod ports;
mod processes;
pub mod program;
mod rude_clients;
mod scripted_stream;
mod server;
mod side_by_side;
#[cfg(target_os = "linux")]
mod sockets;
mod story;
mod student;
mod system;
mod variables;
mod watch;

pub use accept::Accept;
pub use call::{Returned, and_returns, call};
pub use client::{Client, client, client_program};
pub use limit::limit;
pub use peer::Peer;
pub use pieces::{Pieces, in_every_way, same_messages};
pub use ports::loopback;
pub use processes::command;
pub use scripted_stream::{Calls, ScriptedStream};
pub use server::{Server, Talk, server, server_and_accept, server_program};
pub use side_by_side::side_by_side;
pub use story::{Log, MARK, Outcome, Room, Story, quoted, visible};
pub use system::{NotedSocket, System};
pub use variables::variable;

use std::fmt::Debug;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// Prints a line. A screen that has been closed is no reason to stop.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write;
        _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

/// Compares a prediction with what a run gave. The story does not give the answer away.
pub fn predicted<T: PartialEq + Debug>(
    name: &str,
    prediction: Option<T>,
    run: T,
) -> Outcome {
    match prediction {
        Some(prediction) if prediction == run => Ok(()),
        Some(prediction) => Err(Story::new(format!(
            "{name}: you say {prediction:?}, but the run gave something else"
        ))),
        None => Err(Story::new(format!("{name}: fill in what you think"))),
    }
}

/// A failure with this text if `holds` is false.
pub fn check(holds: bool, otherwise: &str) -> Outcome {
    if holds { Ok(()) } else { Err(Story::new(otherwise)) }
}

/// Two sockets that are connected with each other.
pub fn connected_pair<T: From<TcpStream>>() -> io::Result<(T, T)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let one = TcpStream::connect(listener.local_addr()?)?;
    let (other, _) = listener.accept()?;
    Ok((one.into(), other.into()))
}
