//! The check of a seat, on this one.

use std::net::TcpListener;
use std::process::{Command, Output};

fn seat_check(port: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_seat_check"))
        .arg(port)
        .output()
        .expect("seat_check runs")
}

/// The line of the output that is about this.
fn line<'a>(output: &'a str, about: &str) -> &'a str {
    let found = output.lines().find(|line| line.contains(about));
    found.unwrap_or_else(|| panic!("nothing about {about} in\n{output}"))
}

#[test]
fn a_port_that_is_taken_is_something_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let output = seat_check(&port.to_string());
    let text = String::from_utf8_lossy(&output.stdout);
    let line = line(&text, &format!("port {port}"));
    assert!(line.starts_with("TO DO"), "{text}");
    assert!(line.contains("or use 127.0.0.1:"), "{text}");
    assert!(text.ends_with(" to do before class.\n"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_rest_of_this_seat_is_in_order() {
    let output = seat_check("6000");
    let text = String::from_utf8_lossy(&output.stdout);
    for about in ["Rust ", "loopback, IPv4", "crates of the classroom"] {
        assert!(line(&text, about).starts_with("OK"), "{text}");
    }
}

#[test]
fn what_is_no_port_is_an_error() {
    for port in ["many", "0", "70000"] {
        let output = seat_check(port);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            text,
            format!("error: `{port}` isn't a port; name one from 1 to 65535\n")
        );
        assert_eq!(output.status.code(), Some(1));
    }
}

/// Without loopback each command says so in one line, and tries nothing else.
#[test]
#[cfg(target_os = "linux")]
fn a_machine_without_loopback() {
    let without = |program: &str, arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net", program]).args(arguments);
        command.output().expect("unshare runs")
    };
    if !without("true", &[]).status.success() {
        println!("skipped: this user can't make a network of its own");
        return;
    }
    for (program, arguments) in [
        (env!("CARGO_BIN_EXE_grade"), &["listen", "true {port}"][..]),
        (env!("CARGO_BIN_EXE_grade"), &["server", "true {port}"]),
        (env!("CARGO_BIN_EXE_check"), &[]),
        (env!("CARGO_BIN_EXE_check"), &["all"]),
    ] {
        let output = without(program, arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.starts_with("error: no conversation on 127.0.0.1"), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(output.stdout.is_empty());
        assert_eq!(output.status.code(), Some(1));
    }
    let output = without(env!("CARGO_BIN_EXE_seat_check"), &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(line(&text, "loopback, IPv4").starts_with("TO DO"), "{text}");
}
