//! A threaded server and a scripted client: `05_threaded_server`, `05_scripted_client`, or
//! programs of your own in their place (see `bring_your_own`).

mod transcripts {
    use crate::transcripts::check;

    #[test]
    fn the_scripted_client_talks_with_the_threaded_server() {
        check("05_threaded_server");
    }

    #[test]
    fn two_clients_talk_at_once() {
        check("05_two_clients");
    }

    #[test]
    fn a_client_leaves_without_exit() {
        check("05_client_leaves");
    }

    #[test]
    fn a_client_resets() {
        check("05_client_resets");
    }

    #[test]
    fn the_server_vanishes() {
        check("05_server_vanishes");
    }
}

/// Checks for any server, ours or yours.
mod server {
    use std::time::Instant;

    use crate::bring_your_own::{Server, server_is_yours};
    use crate::examples::limit;
    use crate::peer::Peer;

    const WELCOME: &str = "Server: Welcome!\nServer: What's your name?";

    fn hello(name: &str) -> String {
        format!("Server: Hello {name}!\nServer: What's your name?")
    }

    /// Says a name and hears its greeting.
    fn greet(client: &mut Peer, name: &str) {
        client.says(name);
        client.hears(hello(name));
    }

    /// The conversation of the article, to the byte.
    fn talks_as_in_the_article(server: &Server) {
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        for name in ["Michael", "Tracy", "Sarah"] {
            greet(&mut client, name);
        }
        client.says("exit");
        client.hears("Server: Good bye!\n");
        client.hears_end();
    }

    #[test]
    fn it_talks_with_a_client_to_the_byte() {
        let server = Server::start();
        talks_as_in_the_article(&server);
        talks_as_in_the_article(&server);
    }

    #[test]
    fn a_name_and_exit_may_end_in_a_newline() {
        for newline in ["\n", "\r\n"] {
            let server = Server::start();
            let mut client = Peer::connect(server.address);
            client.hears(WELCOME);
            client.says(format!("Michael{newline}"));
            client.hears(hello("Michael"));
            client.says(format!("exit{newline}"));
            client.hears("Server: Good bye!\n");
            client.hears_end();
        }
    }

    #[test]
    fn lines_that_come_together_are_answered_one_by_one() {
        let server = Server::start();
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        client.says("Michael\nTracy\nexit\n");
        client.hears(hello("Michael") + &hello("Tracy") + "Server: Good bye!\n");
        client.hears_end();
    }

    #[test]
    fn to_an_empty_line_it_asks_again() {
        let server = Server::start();
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        client.says("\n");
        client.hears("Server: What's your name?");
        greet(&mut client, "Michael");
    }

    #[test]
    fn bytes_that_are_no_text_are_greeted_as_they_came() {
        let server = Server::start();
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        client.says(b"\xff\x00\x80 \xc3");
        client.hears(b"Server: Hello \xff\x00\x80 \xc3!\nServer: What's your name?");
        client.says("exit");
        client.hears("Server: Good bye!\n");
    }

    #[test]
    fn the_end_of_the_stream_ends_the_talk_quietly() {
        let mut server = Server::start();
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        client.says("Michael");
        client.half_closes(); // has finished sending, and still listens
        client.hears(hello("Michael"));
        client.hears_end();
        if !server_is_yours() {
            server.prints("is closed\n");
            assert_eq!(server.errors().lines().count(), 1, "{}", server.errors());
        }
    }

    #[test]
    fn ten_clients_are_served_at_once() {
        let server = Server::start();
        let mut clients: Vec<Peer> =
            (0..10).map(|_| Peer::connect(server.address)).collect();
        for client in &mut clients {
            client.hears(WELCOME); // though none of those before has said a word
        }
        for (number, client) in clients.iter_mut().enumerate().rev() {
            greet(client, &format!("client {number}"));
        }
        for (number, client) in clients.iter_mut().enumerate() {
            greet(client, &format!("client {number} again"));
            client.says("exit");
            client.hears("Server: Good bye!\n");
            client.hears_end();
        }
    }

    /// With a reply in two writes, each round trip takes some 40 ms: Nagle's algorithm holds
    /// the second write back until the client's delayed acknowledgement.
    #[test]
    fn three_hundred_round_trips_do_not_stall() {
        let server = Server::start();
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        let started = Instant::now();
        for number in 1..=300 {
            greet(&mut client, "Michael");
            // Ours need some 10 ms for all of them. A quarter of the time limit is 5 s.
            assert!(
                started.elapsed() < limit() / 4,
                "{number} round trips took {:?}. Two small writes before a read, perhaps? \
                 Send the greeting and the next question in one call.",
                started.elapsed()
            );
        }
    }

    /// A hundred clients, each of which misbehaves in its own way.
    #[test]
    fn a_hundred_rude_clients_later_it_still_serves() {
        let mut server = Server::start();
        let mut patient = Peer::connect(server.address);
        patient.hears(WELCOME);
        for number in 0..100 {
            let mut client = Peer::connect(server.address);
            match number % 10 {
                0 => drop(client), // vanishes at once
                1 => client.resets(),
                2 => {
                    client.hears(WELCOME);
                    drop(client); // vanishes when it is asked
                }
                3 => {
                    client.hears(WELCOME);
                    client.says("Michael");
                    client.resets(); // while it is being greeted
                }
                4 => {
                    client.says("Michael"); // before it is asked
                    drop(client); // with the welcome unread: its kernel sends a reset
                }
                5 => {
                    client.half_closes();
                    client.hears(WELCOME);
                    client.hears_end();
                }
                6 => {
                    client.hears(WELCOME);
                    client.tries_to_say(&[0xff; 3000]); // no text, no newline
                    client.half_closes();
                    client.drains();
                }
                7 => {
                    client.hears(WELCOME);
                    for byte in "Michael\nexit\n".bytes() {
                        client.tries_to_say(&[byte]);
                    }
                    client.half_closes();
                    client.drains();
                }
                8 => {
                    client.hears(WELCOME);
                    client.says("exit");
                    drop(client); // does not wait for the good bye
                }
                _ => {
                    client.tries_to_say(&b"Michael\n".repeat(2000)); // and reads nothing
                    client.resets();
                }
            }
        }
        greet(&mut patient, "Tracy"); // the others' errors were not this client's
        talks_as_in_the_article(&server);
        drop(patient);
        #[cfg(target_os = "linux")]
        if !server_is_yours() {
            server.comes_to("no thread to stay behind", |id| {
                let threads = std::fs::read_dir(format!("/proc/{id}/task"));
                threads.is_ok_and(|threads| threads.count() == 1)
            });
        }
    }
}

/// Checks for our server alone.
mod our_server {
    use crate::bad_input;
    use crate::bring_your_own::Server;
    use crate::examples::Examples;
    use crate::peer::Peer;

    #[test]
    fn bad_input_gets_one_clear_line() {
        bad_input::is_told_by_a_server("05_threaded_server", "listen on");
    }

    /// The side that closes first, the server here, keeps the port in TIME-WAIT. On Windows
    /// a port in TIME-WAIT can be listened on as it is.
    #[test]
    fn a_restarted_server_gets_its_port_back_at_once() {
        let server = Server::start_ours(Box::new(Examples));
        let address = server.address;
        let mut client = Peer::connect(address);
        client.hears("Server: Welcome!\nServer: What's your name?");
        client.says("exit");
        client.hears("Server: Good bye!\n");
        client.hears_end();
        drop(client);
        drop(server);

        let again = Server::start_ours_on(address);
        assert_eq!(again.address, address);
        Peer::connect(address).hears("Server: Welcome!\n");
    }

    /// With as many files open as it may have, `accept` fails. It must go on nevertheless.
    #[cfg(target_os = "linux")]
    #[test]
    fn it_survives_running_out_of_descriptors() {
        use crate::stage::Host;
        use std::process::Command;

        struct Few;
        impl Host for Few {
            fn command(
                &self,
                name: &str,
                example: &str,
                arguments: &[String],
            ) -> Command {
                let server = Examples.command(name, example, arguments);
                let mut command = Command::new("sh");
                command.args(["-c", "ulimit -n 8; exec \"$0\" \"$@\""]);
                command.arg(server.get_program()).args(server.get_args());
                command
            }
            fn limit(&self) -> std::time::Duration {
                crate::examples::limit()
            }
        }

        let mut server = Server::start_ours(Box::new(Few));
        let clients: Vec<Peer> = (0..10).map(|_| Peer::connect(server.address)).collect();
        server.prints("error: can't accept: ");
        drop(clients);
        Peer::connect(server.address).hears("Server: Welcome!\n");
    }
}

/// Checks for any client, ours or yours.
mod client {
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};

    use crate::bring_your_own::{Client, client_is_yours};
    use crate::peer::Peer;

    const QUESTION: &str = "Server: What's your name?";

    pub fn listen() -> (TcpListener, SocketAddr) {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let address = listener.local_addr().expect("it is bound");
        (listener, address)
    }

    #[test]
    fn it_answers_each_question_and_leaves() {
        let (listener, address) = listen();
        let client = Client::start(address, &[]);
        let mut server = Peer::accept(&listener);
        server.says("Server: Welcome!\nServer: What's your name?");
        for name in ["Michael", "Tracy", "Sarah"] {
            server.hears(name);
            server.says(format!("Server: Hello {name}!\n{QUESTION}"));
        }
        server.hears("exit");
        server.says("Server: Good bye!\n");
        server.half_closes();
        server.hears_end();
        assert_eq!(client.ends().0, Some(0));
    }

    /// It knows by the question, not by the clock and not by the pieces, that it is its turn.
    #[test]
    fn it_waits_for_the_question_however_it_is_cut() {
        let (listener, address) = listen();
        let client = Client::start(address, &[]);
        let mut server = Peer::accept(&listener);
        let mut turn = format!("Server: Welcome!\n{QUESTION}");
        for name in ["Michael", "Tracy", "Sarah", "exit"] {
            for byte in turn.bytes() {
                server.says([byte]);
            }
            server.hears(name);
            turn = format!("Server: Hello {name}!\n{QUESTION}");
        }
        server.says("Server: Good bye!\n");
        server.half_closes();
        server.hears_end();
        assert_eq!(client.ends().0, Some(0));
    }

    #[test]
    fn it_ends_when_the_server_hangs_up() {
        let (listener, address) = listen();
        let client = Client::start(address, &[]);
        let mut server = Peer::accept(&listener);
        server.says("Server: Welcome!\n");
        server.half_closes();
        server.hears_end();
        let (status, stdout, stderr) = client.ends();
        if !client_is_yours() {
            assert_eq!(status, Some(1));
            assert_eq!(stdout, "Server: Welcome!\n");
            let expected = "closed the connection before we said \"Michael\"\n";
            assert!(stderr.ends_with(expected), "{stderr}");
        }
    }
}

/// Checks for our client alone.
mod our_client {
    use assert_cmd::Command;
    use predicates::str::contains;

    use super::client::listen;
    use crate::bad_input;
    use crate::bring_your_own::Server;
    use crate::examples::{self, Examples};
    use crate::peer::Peer;
    use crate::stage::Stage;

    fn client(address: std::net::SocketAddr) -> Command {
        let mut command = Command::new(examples::path("05_scripted_client"));
        command.arg(address.to_string()).timeout(examples::limit());
        command
    }

    #[test]
    fn bad_input_gets_one_clear_line() {
        bad_input::is_told_by_a_client("05_scripted_client");
    }

    #[test]
    fn an_empty_name_is_refused() {
        let (_listener, address) = listen();
        client(address)
            .args(["Michael", ""])
            .assert()
            .code(1)
            .stdout("")
            .stderr("error: a name is empty: the server would wait for it, and we for the server\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_said_as_it_is() {
        use std::os::unix::ffi::OsStrExt;

        let server = Server::start_ours(Box::new(Examples));
        client(server.address)
            .arg(std::ffi::OsStr::from_bytes(b"\xff\xfe"))
            .assert()
            .success()
            .stdout(predicates::ord::eq(
                &b"Server: Welcome!\nServer: What's your name?\n\
                  Server: Hello \xff\xfe!\nServer: What's your name?\n\
                  Server: Good bye!\n"[..],
            ));
    }

    #[test]
    fn a_server_that_asks_on_after_exit_is_left() {
        let (listener, address) = listen();
        let server = std::thread::spawn(move || {
            let mut server = Peer::accept(&listener);
            server.says("Server: What's your name?");
            server.hears("Ann");
            server.says("Server: What's your name?");
            server.hears("exit");
            server.says("Server: Hello exit!\nServer: What's your name?");
            server.hears_end();
        });
        client(address)
            .arg("Ann")
            .assert()
            .code(1)
            .stderr(contains("asked again after we said \"exit\"\n"));
        server.join().expect("the client did as expected");
    }

    /// Ten clients at once, each with its own names and its own right transcript.
    #[test]
    fn ten_clients_each_hear_what_is_theirs() {
        let server = Server::start_ours(Box::new(Examples));
        let mut stage = Stage::new(Box::new(Examples));
        let names: Vec<String> =
            (0..10).map(|n| format!("05_scripted_client-{n}")).collect();
        for name in &names {
            let said = [
                server.address.to_string(),
                format!("{name} one"),
                "two".into(),
            ];
            stage
                .start(name, said.to_vec())
                .unwrap_or_else(|story| panic!("{story}"));
        }
        for name in &names {
            let ended = stage.wait_for_exit(name);
            assert!(ended.unwrap_or_else(|story| panic!("{story}")).success());
            let expected = format!(
                "Server: Welcome!\nServer: What's your name?\n\
                 Server: Hello {name} one!\nServer: What's your name?\n\
                 Server: Hello two!\nServer: What's your name?\n\
                 Server: Good bye!\n"
            );
            assert_eq!(
                String::from_utf8_lossy(&stage.actor(name).stdout()),
                expected
            );
        }
    }
}

/// `WORKBOOK_SERVER` and `WORKBOOK_CLIENT`, proved on programs in Python.
mod in_any_language {
    use std::env;
    use std::process::{Command, Output};

    /// Runs these tests of this very program with a command in place of ours.
    fn run(
        variable: &str,
        command: &str,
        tests: &[&str],
        seconds: &str,
    ) -> Option<Output> {
        let python = if cfg!(windows) { "python" } else { "python3" };
        if Command::new(python).arg("--version").output().is_err() {
            assert!(env::var_os("CI").is_none(), "{python} is missing");
            eprintln!(
                "SKIPPED: {python} is missing, which runs the server in another language"
            );
            return None;
        }
        let this = env::current_exe().expect("this program has a path");
        let output = Command::new(this)
            .args(tests)
            .env_remove("WORKBOOK_SERVER")
            .env_remove("WORKBOOK_CLIENT")
            .env(variable, format!("{python} tests/fixtures/{command}"))
            .env("WORKBOOK_SECONDS", seconds)
            .env("RUST_BACKTRACE", "0")
            .output();
        Some(output.expect("this program can be run"))
    }

    fn told(output: &Output) -> String {
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[test]
    fn a_server_in_python_passes() {
        let command = "server.py {host} {port}";
        if let Some(output) =
            run("WORKBOOK_SERVER", command, &["chapter_05::server::"], "20")
        {
            assert!(output.status.success(), "{}", told(&output));
            assert!(told(&output).contains("9 passed"), "{}", told(&output));
        }
    }

    #[test]
    fn a_client_in_python_passes() {
        let command = "client.py {host} {port}";
        if let Some(output) =
            run("WORKBOOK_CLIENT", command, &["chapter_05::client::"], "20")
        {
            assert!(output.status.success(), "{}", told(&output));
            assert!(told(&output).contains("3 passed"), "{}", told(&output));
        }
    }

    /// The article's faults fail, each with a story that a student understands.
    #[test]
    fn a_server_with_the_articles_faults_fails_with_a_story() {
        let stories = [
            (
                "a_name_and_exit_may_end_in_a_newline",
                "  received \"Server: Welcome!\\nServer: What's your name?\"\n\
                 \u{20} sent     \"Michael\\n\"\n\
                 expected \"Server: Hello Michael!\\nServer: What's your name?\"\n\
                 \u{20}                              ^ from here on it is not\n\
                 received \"Server: Hello Michael\\n!",
            ),
            (
                "lines_that_come_together_are_answered_one_by_one",
                "received \"Server: Hello Michael\\nTracy\\nexit\\n!",
            ),
            (
                "the_end_of_the_stream_ends_the_talk_quietly",
                "expected the end of the stream\nreceived \"Server: Hello !",
            ),
            (
                "three_hundred_round_trips_do_not_stall",
                "Two small writes before a read, perhaps?",
            ),
        ];
        for (test, story) in stories {
            let test = format!("chapter_05::server::{test}");
            let Some(output) = run(
                "WORKBOOK_SERVER",
                "server_with_faults.py {host} {port}",
                &[&test],
                "4",
            ) else {
                return;
            };
            assert!(!output.status.success(), "{test} passed");
            assert!(
                told(&output).contains(story),
                "expected {story}\nin\n{}",
                told(&output)
            );
        }
    }
}

mod predictions {
    use crate::bring_your_own::Server;
    use crate::examples::Examples;
    use crate::peer::Peer;
    use crate::predictions::right;

    const WELCOME: &str = "Server: Welcome!\nServer: What's your name?";

    #[test]
    fn glued_names_are_one_name() {
        let server = Server::start_ours(Box::new(Examples));
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        client.says("MichaelTracySarahexit");
        client.hears("Server: Hello MichaelTracySarahexit!\n");
        assert_eq!(right("glued_names"), "it greets one: MichaelTracySarahexit");
    }

    #[test]
    fn nobody_waits_for_ten_silent_clients() {
        let server = Server::start_ours(Box::new(Examples));
        let _ten: Vec<Peer> = (0..10).map(|_| Peer::connect(server.address)).collect();
        let mut eleventh = Peer::connect(server.address);
        eleventh.hears("Server: Welcome!\n");
        assert_eq!(right("eleven_clients"), "Server: Welcome! and the question");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_server_closes_first() {
        let mut server = Server::start_ours(Box::new(Examples));
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        client.says("exit");
        client.hears("Server: Good bye!\n");
        client.hears_end();
        let address = client.address();
        drop(client);
        assert_eq!(
            right("who_time_wait"),
            format!("the {}'s", server.who_waits(address))
        );
    }
}
