//! Run on each seat before class: `cargo seat-check`. Each line says OK or what to do; exit status 1 if there is
//! something to be done.
//!
//! An argument is the port that the class will use, if it is another than 6000.

use std::env;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use grader::say;

/// What a check found: fine, fine but worth knowing, or something to be done.
enum Found {
    Fine(String),
    Note(String),
    ToDo(String),
}

use Found::{Fine, Note, ToDo};

fn main() -> ExitCode {
    grader::command(|arguments| {
        let argument = arguments.first().unwrap_or(&"6000");
        match argument.parse() {
            Ok(port @ 1..) => check(port),
            _ => {
                Err(format!("error: `{argument}` isn't a port; name one from 1 to 65535"))
            }
        }
    })
}

fn check(wanted: u16) -> Result<(), String> {
    let classroom = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workbook = classroom.parent().unwrap_or(classroom);
    let checks = [
        ("Rust", toolchain()),
        ("loopback, IPv4", loopback(Ipv4Addr::LOCALHOST.into())),
        ("loopback, IPv6", loopback(Ipv6Addr::LOCALHOST.into())),
        (&format!("port {wanted}"), port(wanted)),
        ("crates of the classroom", crates(classroom)),
        ("crates of the workbook", crates(workbook)),
        ("rustlings", rustlings()),
    ];
    let mut to_do = 0;
    for (name, found) in checks {
        let (mark, text) = match found {
            Fine(text) => ("OK   ", text),
            Note(text) => ("note ", text),
            ToDo(text) => {
                to_do += 1;
                ("TO DO", text)
            }
        };
        say!("{mark}  {name:24} {text}");
    }
    if to_do == 0 {
        say!("This seat is ready.");
        return Ok(());
    }
    say!("{to_do} to do before class.");
    Err(String::new())
}

/// Cargo has refused to build this with a Rust that is too old, and said so.
fn toolchain() -> Found {
    match output("rustc", &["--version"]) {
        Some(version) => Fine(version),
        None => ToDo("rustc does not run; install Rust from https://rustup.rs".into()),
    }
}

/// A conversation of this program with itself, which also shows that no firewall is in the way.
fn loopback(host: IpAddr) -> Found {
    let (sender, receiver) = mpsc::channel();
    // On a thread, since a firewall may drop what it does not like, and leave us waiting.
    thread::spawn(move || sender.send(converse(host)));
    match receiver.recv_timeout(Duration::from_secs(5)) {
        Ok(Ok(address)) => Fine(format!("a conversation on {address} went well")),
        Ok(Err(error)) if host.is_ipv6() => {
            Note(format!("not on this machine ({error}); what needs it is skipped"))
        }
        Ok(Err(error)) => ToDo(format!("no conversation on {host}: {error}")),
        Err(_) => ToDo(format!(
            "no answer on {host} in 5 s: allow programs in this folder in the firewall"
        )),
    }
}

fn converse(host: IpAddr) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((host, 0))?;
    let address = listener.local_addr()?;
    let mut client = TcpStream::connect(address)?;
    let (mut accepted, _) = listener.accept()?;
    client.write_all(b"Is anybody there?")?;
    drop(client);
    let mut heard = String::new();
    accepted.read_to_string(&mut heard)?;
    match heard.as_str() {
        "Is anybody there?" => Ok(address),
        _ => Err(io::Error::other(format!("heard {heard:?}"))),
    }
}

fn port(port: u16) -> Found {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    if free(&port) {
        return Fine("free".to_owned());
    }
    let another = (port..=u16::MAX).skip(1).find(free);
    let advice = match another {
        Some(another) => {
            format!(", or use 127.0.0.1:{another}, as the argument of server and client")
        }
        None => String::new(),
    };
    ToDo(format!("taken: end the program that listens there{advice}"))
}

/// Whether everything can be built without a network.
fn crates(folder: &Path) -> Found {
    if !folder.join("Cargo.lock").is_file() {
        return Note(format!("there is no workbook in {}", folder.display()));
    }
    let host = output("rustc", &["-vV"]).unwrap_or_default();
    let host =
        host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let fetched = Command::new(cargo)
        .args(["fetch", "--quiet", "--locked", "--offline", "--target", host])
        .current_dir(folder)
        .output();
    match fetched {
        Ok(output) if output.status.success() => {
            Fine("all here, also for working offline".into())
        }
        Ok(_) => ToDo(format!(
            "some are missing: in {}, run `cargo fetch --locked` while online",
            folder.display()
        )),
        Err(error) => ToDo(format!("cargo does not run: {error}")),
    }
}

fn rustlings() -> Found {
    match output("rustlings", &["--version"]) {
        Some(version) => Fine(version),
        None => Note(
            "not installed: `cargo install rustlings --version 6.5.0 --locked`, or do without: `cargo exercise`".into(),
        ),
    }
}

/// What a command prints, if it runs well.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
