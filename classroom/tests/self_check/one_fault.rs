//! Servers and clients in Python with one fault each: the first story names it. The same programs without a fault are not accused,
//! in whatever style they are written.

use crate::bring_your_own::python;
use grader::chapter_05::{CLIENT, Check, SERVER};
use grader::{Outcome, client_program, server_program};
use std::process::Command;

/// The command that runs a fixture of ours with these arguments; `None` if there is no Python.
fn command(fixture: &str, arguments: &str) -> Option<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    python().map(|python| format!("{python} -B \"{folder}/{fixture}.py\" {arguments}"))
}

/// The story of the first check that fails.
fn first_story<T>(checks: &[Check<T>], start: impl Fn() -> Outcome<T>) -> Option<String> {
    let mut graded = checks.iter().map(|(_, check)| start().and_then(|it| check(&it)));
    graded.find_map(Result::err).map(|story| story.to_string())
}

fn first_story_of_server(arguments: &str) -> Option<String> {
    let command = command("one_fault", arguments)?;
    let story = first_story(SERVER, || server_program(&command));
    Some(story.unwrap_or_else(|| panic!("{command} passes")))
}

fn first_story_of_client(arguments: &str) -> Option<String> {
    let command = command("one_fault_client", arguments)?;
    let story = first_story(CLIENT, || client_program(&command));
    Some(story.unwrap_or_else(|| panic!("{command} passes")))
}

/// The headline names the fault: the first line, or after a crash the second.
fn names(story: Option<String>, told: &[&str]) {
    let Some(story) = story else { return };
    let (fault, told) = told.split_first().expect("a fault");
    let headline = story.lines().take(2).any(|line| line.ends_with(fault));
    assert!(headline, "`{fault}` is not the headline:\n{story}");
    for told in told {
        assert!(story.contains(told), "`{told}` is not in the story:\n{story}");
    }
}

macro_rules! named {
    ($of:ident, $place:literal: $($name:ident: $arguments:literal, $($told:literal),+;)*) => {
        $(#[test]
        fn $name() {
            names($of(&format!("{} {}", $arguments, $place)), &[$($told),+]);
        })*
    };
}

/// On all systems.
mod servers {
    use super::{first_story_of_server, names};

    named! { first_story_of_server, "{port}":
        trims: "trims", "your server removes spaces that belong to the name",
            "a client with spaces sent \" Mr Right \"", "\"Server: Hello Mr Right!";
        shouts: "shouts", "your server changes upper and lower case";
        keeps_newline: "keeps_newline", "your server takes the line's end for a part of the name";
        keeps_return: "keeps_return", "your server takes off the `\\n` of a line, and leaves the `\\r`";
        finds_exit: "finds_exit", "your server takes a line for `exit` if it only contains it",
            "sent \"exit stage left\"", "received  \"Server: Good bye!\\n\"";
        starts_with_exit: "starts_with_exit", "your server takes a line for `exit` if it only contains it";
        reads_lines: "reads_lines", "your server waits for a newline that never comes";
        one_name: "one_name", "your server takes what one read returns for one name";
        crashes: "no_name", ": KeyError: 'no such name' (a Python traceback)";
        no_close: "no_close", "your server does not close the connection after `exit`";
        one_at_a_time: "one_at_a_time", "your server serves one client at a time";
        four_at_a_time: "four_at_a_time", "your server serves only a few clients at a time";
        two_writes: "two_writes", "your server sent a turn in two pieces";
        endless: "endless", "your server does not look for the end of the stream";
        spins: "spins", "your server does not close the connection at the end of the stream";
        text: "text", "your server decodes bytes as text", "UnicodeDecodeError";
        text_with_marks: "text_with_marks", "your server decodes bytes as text";
    }
}

/// Where the system tells more.
#[cfg(target_os = "linux")]
mod servers_on_linux {
    use super::{first_story_of_server, names};

    named! { first_story_of_server, "{port}":
        no_reuse: "no_reuse", "your server could not be started again on the port that it had just used",
            "Set SO_REUSEADDR on the listening socket before bind", "Address already in use";
        daemon: "daemon", "your server went to the background";
        any_port: "any_port", "your server listens on another address than it was given",
            "and its process listens on 127.0.0.1:";
        ipv6_only: "ipv6_only", "your server listens on another address than it was given",
            "and its process listens on [::1]:";
        no_accept: "no_accept", "your server does not accept the connection",
            "your server had not accepted this connection, and was blocked in";
        sleeps: "sleeps", "your server sleeps before it answers";
    }

    named! { first_story_of_server, "{port} forks":
        spins_in_a_child: "spins", "your server does not close the connection at the end of the stream",
            "the process of your server that serves this client was busy";
        silent_in_a_child: "silent", "your server said nothing",
            "the process of your server that serves this client was blocked in recv";
        reads_lines_in_a_child: "reads_lines", "your server waits for a newline that never comes";
    }

    named! { first_story_of_server, "{port} pool":
        silent_in_a_pool: "silent", "your server said nothing",
            "the thread of your server that serves this client was blocked in recv";
    }

    named! { first_story_of_server, "{port} library":
        silent_in_a_library: "silent", "your server said nothing",
            "the thread of your server that serves this client was blocked in recv";
        text_in_a_library: "text", "your server decodes bytes as text", "UnicodeDecodeError";
    }
}

mod clients {
    use super::{first_story_of_client, names};

    named! { first_story_of_client, "{host} {port}":
        speaks_first: "speaks_first", "your client speaks before it has been asked";
        newline: "newline", "your client sends a newline after the name";
        leaves: "leaves", "your client closes before it has read everything";
        spins: "spins", "your client does not end at the end of the stream";
        text: "text", "it decodes bytes as text", "UnicodeDecodeError";
        text_with_marks: "text_with_marks", "it decodes bytes as text";
    }
}

#[cfg(target_os = "linux")]
mod clients_on_linux {
    use super::{first_story_of_client, names};

    named! { first_story_of_client, "{host} {port}":
        one_read: "one_read", "it takes what one read returns for the whole question";
        one_line: "one_line", "it takes a line for the whole question";
        other_question: "other_question", "your client takes another question for the question";
        sleeps: "sleeps", "it trusts the clock";
        another_port: "another_port", "your client connects to another address than it was given",
            "It was refused, so it went elsewhere.";
        waits_elsewhere: "waits_elsewhere", "your client connects to another address than it was given",
            "its process is connected, or tries to connect, to 127.0.0.1:";
    }
}

fn grade(what: &str, command: &str) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_grade"))
        .args([what, command])
        .env("GRADER_SECONDS", "10")
        .output()
        .expect("grade runs");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
#[cfg(unix)]
fn no_style_is_a_fault() {
    for style in ["threads", "forks", "pool", "library"] {
        let Some(command) = command("one_fault", &format!("none {{port}} {style}"))
        else {
            return;
        };
        let (passes, text) = grade("server", &command);
        assert!(passes, "{style}: {text}");
    }
    for style in ["none", "decodes_right"] {
        let Some(command) =
            command("one_fault_client", &format!("{style} {{host}} {{port}}"))
        else {
            return;
        };
        let (passes, text) = grade("client", &command);
        assert!(passes, "{style}: {text}");
    }
}

/// Whatever it goes on to break.
#[test]
fn a_fault_is_told_once() {
    for (fault, headline) in [
        ("trims", "\nyour server removes spaces that belong to the name\n"),
        ("shouts", "\nyour server changes upper and lower case\n"),
        ("one_name", "\nyour server takes what one read returns for one name\n"),
        ("endless", "\nyour server does not look for the end of the stream\n"),
    ] {
        let Some(command) = command("one_fault", &format!("{fault} {{port}}")) else {
            return;
        };
        let (_, text) = grade("server", &command);
        let full = text.matches("\nyour server ").count();
        assert_eq!((full, text.matches(headline).count()), (1, 1), "{text}");
        assert!(text.contains(", as before: it "), "{text}");
    }
}
