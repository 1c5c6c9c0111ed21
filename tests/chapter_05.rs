//! A threaded server and a scripted client: `05_threaded_server`, `05_scripted_client`, or
//! programs of your own in their place (see `bring_your_own`).

/// By its name the first of this chapter's tests, so it says this first.
#[test]
fn about_the_programs_that_are_checked() -> grader::Graded {
    crate::bring_your_own::tell_whose()
}

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

mod ends;
mod in_any_language;
mod our_client;
mod our_server;

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
