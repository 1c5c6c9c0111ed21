//! For the `main` of an exercise: to try a program by hand, with the workbook's terminal or with another program.

use crate::call::Returned;
use crate::call::call;
use std::fmt::Debug;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::process::exit;

/// Serves on the address that is the first argument; without one, says how to.
pub fn server<L: From<TcpListener>, R: Returned>(serve: impl FnOnce(L) -> R) {
    with_address(|address| {
        let listen = || {
            let listener = TcpListener::bind(address)?;
            eprintln!("listening on {}", listener.local_addr()?);
            Ok(listener)
        };
        let listener = listen()
            .map_err(|error: io::Error| format!("can't listen on {address}: {error}"))?;
        serve(listener.into()).outcome().map(drop)
    });
}

/// What a client gives back, for a person to read.
pub trait Shown {
    /// The bytes to print.
    fn shown(self) -> Vec<u8>;
}

/// Nothing to be shown: the client has printed what there is.
impl Shown for () {
    fn shown(self) -> Vec<u8> {
        Vec::new()
    }
}

impl Shown for usize {
    fn shown(self) -> Vec<u8> {
        format!("{self}\n").into_bytes()
    }
}

impl Shown for String {
    fn shown(self) -> Vec<u8> {
        self.into_bytes()
    }
}

impl Shown for Vec<u8> {
    fn shown(self) -> Vec<u8> {
        self
    }
}

/// Runs a client on the address that is the first argument, and shows what it gives; without one, says how to.
pub fn client<R: Returned<Value: Shown>>(client: impl FnOnce(SocketAddr) -> R) {
    with_address(|address| {
        let shown = client(address).outcome()?.shown();
        let printed = io::stdout().write_all(&shown);
        printed.map_err(|error| format!("can't show what your client gave: {error}"))
    });
}

/// Runs a function and shows what it gives.
pub fn show<R: Returned<Value: Debug>>(
    name: &str,
    function: impl FnOnce() -> R + Send + 'static,
) {
    match call(name, function) {
        Ok(value) => println!("{name} gave {value:?}"),
        Err(story) => fail(&story.to_string()),
    }
}

fn with_address(run: impl FnOnce(SocketAddr) -> Result<(), String>) {
    let mut arguments = std::env::args();
    let program = arguments.next().unwrap_or_default();
    let Some(argument) = arguments.next() else {
        let name = std::path::Path::new(&program).file_stem().unwrap_or_default();
        println!(
            "To try it by hand: cargo exercise try {} 127.0.0.1:6000",
            name.display()
        );
        return;
    };
    let first = |mut addresses: std::vec::IntoIter<SocketAddr>| {
        addresses.next().ok_or_else(|| io::Error::other("no address of that name"))
    };
    let address = argument.to_socket_addrs().and_then(first).map_err(|error| {
        format!("`{argument}` isn't an address like 127.0.0.1:6000: {error}")
    });
    if let Err(error) = address.and_then(run) {
        fail(&error);
    }
}

fn fail(error: &str) -> ! {
    eprintln!("error: {error}");
    exit(1);
}
