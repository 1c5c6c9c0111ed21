//! A threaded server and a scripted client: `05_threaded_server`, `05_scripted_client`, or
//! programs of your own in their place (see `bring_your_own`).

/// By its name the first of this chapter's tests, so it says this first.
#[test]
fn about_the_programs_that_are_checked() -> grader::Outcome {
    crate::bring_your_own::tell_whose()
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
                graded.unwrap_or_else(|story| panic!("{story}"));
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
    use super::our_server::{OurServer, WELCOME};
    use crate::peer::Peer;

    predictions! {
        client_leaves => {
            let mut server = OurServer::start();
            let mut client = Peer::connect(server.address);
            client.hears(WELCOME);
            client.half_closes();
            server.prints("is closed\n");
            let errors = server.errors();
            if errors.contains("error:") { "it returns an error" } else { "it returns 0" }
        };
        glued_names => {
            let server = OurServer::start();
            let mut client = Peer::connect(server.address);
            client.hears(WELCOME);
            client.says("MichaelTracySarahexit");
            client.hears("Server: Hello MichaelTracySarahexit!\n");
            "it greets one: MichaelTracySarahexit"
        };
        eleven_clients => {
            let server = OurServer::start();
            let _ten: Vec<Peer> = (0..10).map(|_| Peer::connect(server.address)).collect();
            let mut eleventh = Peer::connect(server.address);
            eleventh.hears("Server: Welcome!\n");
            "Server: Welcome! and the question"
        };
        #[cfg(target_os = "linux")]
        who_time_wait => {
            let mut server = OurServer::start();
            let mut client = Peer::connect(server.address);
            client.hears(WELCOME);
            client.says("exit");
            client.hears("Server: Good bye!\n");
            client.hears_end();
            let address = client.address();
            drop(client);
            format!("the {}'s", server.who_waits(address))
        };
    }
}
