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

    /// Windows resets the connections of a program that it ends.
    #[cfg(unix)]
    #[test]
    fn the_server_vanishes() {
        check("05_server_vanishes");
    }
}

/// The classroom's checks, one test each, of a server and a client: ours or, with
/// `WORKBOOK_SERVER` and `WORKBOOK_CLIENT`, yours.
macro_rules! graded {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        mod $kind {
            use grader::chapter_5::$checks;

            $(#[test]
            fn $name() {
                let name = stringify!($name);
                let (_, check) = $checks.iter().find(|check| check.0 == name).expect(name);
                let graded = crate::bring_your_own::$kind().and_then(|program| check(&program));
                graded.unwrap_or_else(|story| panic!("{story}"));
            })*
        }
    };
}

grader::server_checks!(graded);
grader::client_checks!(graded);

/// Checks for our server alone.
mod our_server {
    use std::net::SocketAddr;
    use std::process::Command;
    use std::time::Duration;

    use crate::bad_input;
    use crate::examples::{Examples, limit};
    use crate::peer::Peer;
    use crate::scenarios::Action;
    use crate::stage::{Host, Stage};

    const SERVER: &str = "05_threaded_server";
    pub const WELCOME: &str = "Server: Welcome!\nServer: What's your name?";

    /// The example, running. Dropping it ends the program; if the test has failed, what the
    /// server printed is told first.
    pub struct OurServer {
        stage: Stage,
        pub address: SocketAddr,
    }

    impl OurServer {
        pub fn start() -> Self {
            OurServer::start_by(Box::new(Examples))
        }

        /// Starts it as this host does.
        fn start_by(host: Box<dyn Host>) -> Self {
            let mut stage = Stage::new(host);
            let served = stage.perform(&Action::Serve(SERVER));
            served.unwrap_or_else(|story| panic!("{story}"));
            let address = stage.server().expect("it said where it listens");
            OurServer { stage, address }
        }

        /// Waits until it has printed this.
        fn prints(&mut self, text: &'static str) {
            let printed = self.stage.perform(&Action::Await(SERVER, text));
            printed.unwrap_or_else(|story| panic!("{story}"));
        }

        /// What it has printed on standard error.
        fn errors(&self) -> String {
            String::from_utf8_lossy(&self.stage.actor(SERVER).stderr()).into_owned()
        }

        /// Waits until this is so of the process with this id.
        #[cfg(target_os = "linux")]
        fn comes_to(&mut self, expected: &str, mut is_so: impl FnMut(u32) -> bool) {
            let deadline = std::time::Instant::now() + limit();
            let id = self.stage.actor(SERVER).id();
            let came =
                self.stage.wait_until(SERVER, deadline, || is_so(id).then_some(()));
            assert!(came.is_some(), "{}", self.stage.story(expected));
        }

        /// Which end of the closed connection with this client is in TIME-WAIT.
        #[cfg(target_os = "linux")]
        pub fn who_waits(&mut self, client: SocketAddr) -> &'static str {
            self.stage.who_waits(SERVER, self.address, client)
        }
    }

    impl Drop for OurServer {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("{}", self.stage.so_far());
            }
        }
    }

    /// Says a name and hears its greeting.
    fn greet(client: &mut Peer, name: &str) {
        client.says(name);
        client.hears(format!("Server: Hello {name}!\nServer: What's your name?"));
    }

    #[test]
    fn the_end_of_the_stream_ends_the_talk_quietly() {
        let mut server = OurServer::start();
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        client.half_closes();
        client.hears_end();
        server.prints("is closed\n");
        assert_eq!(server.errors().lines().count(), 1, "{}", server.errors());
    }

    /// A hundred clients, each of which misbehaves in its own way.
    #[test]
    fn a_hundred_rude_clients_later_it_still_serves() {
        let mut server = OurServer::start();
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
        let mut last = Peer::connect(server.address);
        last.hears(WELCOME);
        greet(&mut last, "Sarah");
        drop(last);
        drop(patient);
        #[cfg(target_os = "linux")]
        server.comes_to("no thread to stay behind", |id| {
            let threads = std::fs::read_dir(format!("/proc/{id}/task"));
            threads.is_ok_and(|threads| threads.count() == 1)
        });
    }

    #[test]
    fn bad_input_gets_one_clear_line() {
        bad_input::is_told_by_a_server("05_threaded_server", "listen on");
    }

    /// The side that closes first, the server here, keeps the port in TIME-WAIT. On Windows
    /// a port in TIME-WAIT can be listened on as it is.
    #[test]
    fn a_restarted_server_gets_its_port_back_at_once() {
        let server = OurServer::start();
        let address = server.address;
        let mut client = Peer::connect(address);
        client.hears(WELCOME);
        client.says("exit");
        client.hears("Server: Good bye!\n");
        client.hears_end();
        drop(client);
        drop(server);

        struct On(String);
        impl Host for On {
            fn command(
                &self,
                name: &str,
                example: &str,
                arguments: &[String],
            ) -> Command {
                Examples.command(name, example, arguments)
            }
            fn server_address(&self) -> &str {
                &self.0
            }
            fn limit(&self) -> Duration {
                limit()
            }
        }
        let again = OurServer::start_by(Box::new(On(address.to_string())));
        assert_eq!(again.address, address);
        Peer::connect(address).hears("Server: Welcome!\n");
    }

    /// Whoever reads its log may leave. It serves all the same.
    #[cfg(unix)]
    #[test]
    fn it_serves_when_nobody_reads_its_log() {
        use std::io::{BufRead, BufReader, Read};
        use std::process::Stdio;

        for example in ["03_close", SERVER] {
            let mut server = Command::new(crate::examples::path(example))
                .arg("127.0.0.1:0")
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it starts");
            let mut line = String::new();
            let mut stderr = BufReader::new(server.stderr.take().expect("it is piped"));
            stderr.read_line(&mut line).expect("it says where it listens");
            let address =
                line.trim().rsplit(' ').next().and_then(|word| word.parse().ok());
            let address = address.expect("it says where it listens");
            let mut first = [0];
            server
                .stdout
                .take()
                .expect("it is piped")
                .read_exact(&mut first)
                .expect("a log");
            drop(stderr); // and standard output with it: both pipes are broken now

            Peer::connect(address).resets();
            let mut client = Peer::connect(address);
            client.hears(WELCOME);
            greet(&mut client, "Michael");
            server.kill().and_then(|()| server.wait()).expect("it was still running");
        }
    }

    /// With as many files open as it may have, `accept` fails. It must go on nevertheless.
    #[cfg(target_os = "linux")]
    #[test]
    fn it_survives_running_out_of_descriptors() {
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
            fn limit(&self) -> Duration {
                limit()
            }
        }

        let mut server = OurServer::start_by(Box::new(Few));
        let clients: Vec<Peer> = (0..10).map(|_| Peer::connect(server.address)).collect();
        server.prints("error: can't accept: ");
        drop(clients);
        Peer::connect(server.address).hears("Server: Welcome!\n");
    }
}

/// Checks for our client alone.
mod our_client {
    use assert_cmd::Command;
    use predicates::str::contains;

    use std::net::{Ipv4Addr, SocketAddr, TcpListener};

    use super::our_server::OurServer;
    use crate::bad_input;
    use crate::examples::{self, Examples};
    use crate::peer::Peer;
    use crate::stage::Stage;

    fn listen() -> (TcpListener, SocketAddr) {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let address = listener.local_addr().expect("it is bound");
        (listener, address)
    }

    fn client(address: SocketAddr) -> Command {
        let mut command = Command::new(examples::path("05_scripted_client"));
        command.arg(address.to_string()).timeout(examples::limit());
        command
    }

    #[test]
    fn bad_input_gets_one_clear_line() {
        bad_input::is_told_by_a_client("05_scripted_client");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let (_listener, address) = listen();
        for no_name in ["", "Mich\nael"] {
            let error =
                format!("error: {no_name:?} is no name: a name is one line of text\n");
            let mut client = client(address);
            client.args(["Michael", no_name]).assert().code(1).stdout("").stderr(error);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStrExt;

        let (_listener, address) = listen();
        let no_text = std::ffi::OsStr::from_bytes(b"\xff\xfe");
        client(address)
            .arg(no_text)
            .assert()
            .code(1)
            .stdout("")
            .stderr(contains("is no name"));
    }

    #[test]
    fn a_server_that_hangs_up_early_is_told() {
        let (listener, address) = listen();
        let server = std::thread::spawn(move || {
            Peer::accept(&listener).says("Server: Welcome!\n")
        });
        client(address)
            .assert()
            .code(1)
            .stdout("Server: Welcome!\n")
            .stderr(contains("closed the connection before we said \"Michael\"\n"));
        server.join().expect("the server could speak");
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
        let server = OurServer::start();
        let mut stage = Stage::new(Box::new(Examples));
        let names: Vec<String> =
            (0..10).map(|n| format!("05_scripted_client-{n}")).collect();
        for name in &names {
            let said = [server.address.to_string(), format!("{name} one"), "two".into()];
            stage.start(name, said.to_vec()).unwrap_or_else(|story| panic!("{story}"));
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
            assert_eq!(String::from_utf8_lossy(&stage.actor(name).stdout()), expected);
        }
    }
}

/// `WORKBOOK_SERVER` and `WORKBOOK_CLIENT`, proved on programs in Python.
mod in_any_language {
    use std::env;
    use std::process::{Command, Output};

    /// Runs these checks of this kind, `server` or `client`, with this fixture of the classroom
    /// in place of ours. `None`, said aloud, if there is no Python.
    fn check(kind: &str, checks: &[&str], fixture: &str) -> Option<(Output, String)> {
        let python = if cfg!(windows) { "python" } else { "python3" };
        if Command::new(python).arg("--version").output().is_err() {
            assert!(env::var_os("CI").is_none(), "{python} is missing");
            eprintln!(
                "SKIPPED: {python} is missing, which runs the programs in another language"
            );
            return None;
        }
        let this = env::current_exe().expect("this program has a path");
        let command = format!("{python} classroom/tests/fixtures/{fixture}");
        let output = Command::new(this)
            .args(checks.iter().map(|name| format!("chapter_05::{kind}::{name}")))
            .env_remove("WORKBOOK_SERVER")
            .env_remove("WORKBOOK_CLIENT")
            .env(format!("WORKBOOK_{}", kind.to_uppercase()), command)
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("this program can be run");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        Some((output, told))
    }

    #[test]
    fn a_server_in_python_passes() {
        if let Some((output, told)) = check("server", &[""], "server.py {port}") {
            assert!(output.status.success(), "{told}");
            let passed = format!("{} passed; 0 failed", grader::chapter_5::SERVER.len());
            assert!(told.contains(&passed), "{told}");
        }
    }

    #[test]
    fn a_client_in_python_passes() {
        if let Some((output, told)) = check("client", &[""], "client.py {host} {port}") {
            assert!(output.status.success(), "{told}");
            let passed = format!("{} passed; 0 failed", grader::chapter_5::CLIENT.len());
            assert!(told.contains(&passed), "{told}");
        }
    }

    /// Faults fail, each with a story that a student understands.
    #[test]
    fn a_server_with_the_articles_faults_fails_with_stories() {
        let checks =
            ["newline_before_exit", "end_of_stream", "glued_names", "one_write_a_turn"];
        let Some((output, told)) = check("server", &checks, "faulty_server.py {port}")
        else {
            return;
        };
        assert!(!output.status.success(), "{told}");
        for story in [
            "a guest at a terminal sent \"Michael\\n\"",
            "^ byte 22 is the first that is wrong", // the newline before `exit`
            "^ here the end should be",             // the vanished client
            "a hasty guest sent \"Michael\\nTracy\\nSarah\\nexit\\n\"", // the coalesced names
            "your server sent a turn in two pieces",                    // the stall
        ] {
            assert!(told.contains(story), "expected {story}\nin\n{told}");
        }
    }
}

mod predictions {
    use super::our_server::{OurServer, WELCOME};
    use crate::peer::Peer;
    use crate::predictions::right;

    #[test]
    fn glued_names_are_one_name() {
        let server = OurServer::start();
        let mut client = Peer::connect(server.address);
        client.hears(WELCOME);
        client.says("MichaelTracySarahexit");
        client.hears("Server: Hello MichaelTracySarahexit!\n");
        assert_eq!(right("glued_names"), "it greets one: MichaelTracySarahexit");
    }

    #[test]
    fn nobody_waits_for_ten_silent_clients() {
        let server = OurServer::start();
        let _ten: Vec<Peer> = (0..10).map(|_| Peer::connect(server.address)).collect();
        let mut eleventh = Peer::connect(server.address);
        eleventh.hears("Server: Welcome!\n");
        assert_eq!(right("eleven_clients"), "Server: Welcome! and the question");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_server_closes_first() {
        let mut server = OurServer::start();
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
