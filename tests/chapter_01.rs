//! Create a socket: `01_create_socket`.

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
    examples::command("01_create_socket")
        .assert()
        .success()
        .stdout(contains("SOCK_STREAM").count(3))
        .stderr("");
}

/// The shell lets the program have so many descriptors: 0 to 2, and the others for sockets.
#[cfg(target_os = "linux")]
fn with_descriptors(most: usize) -> assert_cmd::Command {
    let script = format!("ulimit -n {most}; exec \"$0\"");
    examples::command_by("sh", &["-c", &script], "01_create_socket")
}

#[cfg(target_os = "linux")]
#[test]
fn a_socket_needs_a_descriptor() {
    let output = with_descriptors(4).assert().code(1).stdout("");
    let printed = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    crate::transcripts::compare(
        "01_create_socket_few_descriptors/01_create_socket.err.txt",
        &printed,
        "",
    );
}

#[cfg(target_os = "linux")]
mod predictions {
    use super::*;
    use crate::predictions::right;

    #[test]
    fn five_descriptors_are_enough() {
        let output = with_descriptors(5).assert();
        let succeeded = output.get_output().status.success();
        assert_eq!(
            right("five_descriptors"),
            if succeeded { "it succeeds" } else { "it fails" }
        );
    }

    /// The recording is itself compared with a run: `cargo book record --check`.
    #[test]
    fn nothing_is_sent() {
        let recording =
            examples::root().join("chapters/recordings/01_create_socket.json");
        let recording =
            std::fs::read_to_string(recording).expect("the recording is there");
        assert!(recording.contains("\"socket\""), "it has the calls");
        let segments = recording.matches("\"segment\"").count();
        assert_eq!(right("socket_traffic"), segments.to_string());
    }
}
