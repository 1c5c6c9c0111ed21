//! A threaded server and a scripted client: `05_threaded_server`, `05_scripted_client`, or
//! programs of your own in their place (see `bring_your_own`).

/// By its name the first of this chapter's tests, so it says this first.
#[test]
fn about_the_programs_that_are_checked() -> grader::Outcome {
    crate::bring_your_own::tell_whose(&[
        ("chapter_05::server", "WORKBOOK_SERVER", "05_threaded_server"),
        ("chapter_05::client", "WORKBOOK_CLIENT", "05_scripted_client"),
    ])
}

/// The classroom's checks, one test each, of a server and a client: ours or, with
/// `WORKBOOK_SERVER` and `WORKBOOK_CLIENT`, yours.
macro_rules! graded {
    ($kind:ident, $checks:ident: $($name:ident)*) => {
        mod $kind {
            use grader::chapter_05::$checks;

            $(#[test]
            fn $name() {
                let name = stringify!($name);
                let (_, check) = $checks.iter().find(|check| check.0 == name).expect(name);
                let graded = crate::bring_your_own::$kind().and_then(|program| check(&program));
                graded.unwrap_or_else(|story| panic!("{}", crate::bring_your_own::unless_told(&story)));
            })*
        }
    };
}

grader::server_checks!(graded);
grader::client_checks!(graded);

mod ends;
mod in_any_language;
#[cfg(target_os = "linux")]
mod messages;
mod our_client;
mod our_server;
mod testing;

pub mod predictions {
    use std::io::Read;

    use super::our_server::{OurServer, WELCOME};
    use crate::examples::root;
    use crate::peer::Peer;

    predictions! {
        without_the_check => {
            let (mut server, client) = crate::peer::connection();
            client.shutdown(std::net::Shutdown::Write).expect("it is connected");
            let mut buffer = [0; 1024];
            for _ in 0..100 {
                let n = server.read(&mut buffer).expect("the end of the stream");
                assert_eq!(n, 0);
                let lines = buffer[..n].split_inclusive(|byte| *byte == b'\n');
                assert_eq!(lines.count(), 0, "so the reply is empty");
            }
            "go round and round, as fast as it can, without a word"
        };
        glued_names => {
            let server = OurServer::start();
            let mut client = Peer::connect(server.address);
            client.hears(WELCOME);
            client.says("MichaelTracySarahexit");
            client.hears("Server: Hello MichaelTracySarahexit!\n");
            "it greets one: MichaelTracySarahexit"
        };
        #[cfg(target_os = "linux")]
        eleven_threads => {
            let server = OurServer::start();
            let mut ten: Vec<Peer> = (0..10).map(|_| Peer::connect(server.address)).collect();
            ten.iter_mut().for_each(|client| client.hears(WELCOME));
            server.threads()
        };
        /// The recording is itself compared with a run: `cargo book record --check`.
        bind_calls => {
            let source = root().join("examples/05_threaded_server.rs");
            let source = std::fs::read_to_string(source).expect("the program is there");
            let line = source.lines().position(|line| line.contains("TcpListener::bind"));
            let line = format!("\"line\":{},", line.expect("it binds") + 1);
            let recording = "chapters/05_threaded_server/05_scripted_client.json";
            let recording = std::fs::read_to_string(root().join(recording)).expect("it is there");
            let ours = |it: &&str| it.contains("\"program\":\"05_threaded_server\"") && it.contains(&line);
            recording.lines().filter(|it| it.contains("\"kind\":\"call\"")).filter(ours).count()
        };
    }
}
