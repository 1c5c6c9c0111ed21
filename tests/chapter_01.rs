//! Create a socket: `01_create_socket`.

use assert_cmd::Command;
use predicates::str::contains;

use crate::examples;

/// Elsewhere the kernel does not tell all of it.
#[cfg(target_os = "linux")]
#[test]
fn the_kernel_says_what_the_sockets_are() {
    crate::transcripts::check("01_create_socket");
}

#[test]
fn both_are_stream_sockets() {
    Command::new(examples::path("01_create_socket"))
        .timeout(examples::limit())
        .assert()
        .success()
        .stdout(contains("SOCK_STREAM").count(3))
        .stderr("");
}
