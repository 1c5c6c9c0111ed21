//! Create a socket: `01_create_socket`.

use predicates::str::contains;

use crate::examples;

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

pub mod predictions {
    #[cfg(unix)]
    use super::*;

    predictions! {
        #[cfg(unix)]
        third_descriptor => {
            let output = examples::command("01_create_socket").assert().success();
            let printed = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
            let third = printed.lines().last().and_then(|line| line.rsplit(' ').next());
            third.unwrap_or_default().to_owned()
        };
        #[cfg(target_os = "linux")]
        five_descriptors => {
            let output = with_descriptors(5).assert();
            let succeeded = output.get_output().status.success();
            if succeeded { "it succeeds" } else { "it fails" }
        };
    }
}
