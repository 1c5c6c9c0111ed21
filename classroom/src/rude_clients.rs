//! Clients that leave in the middle of a talk.

use crate::peer::Peer;
use crate::server::Server;
use crate::story::Outcome;

/// What clients that leave in the middle have said by then, in the talk of one chapter or another.
pub(crate) struct RudeTalk {
    pub welcome: &'static str,
    /// What each of them has said and not waited for the answer to.
    pub words: &'static [&'static str],
    /// Says a name, and is greeted.
    pub says: fn(&mut Peer) -> Outcome,
    /// A client that is not rude.
    pub conversation: fn(&Server) -> Outcome,
}

impl RudeTalk {
    /// Clients that leave like this: at once, when they have been welcomed, when they have said each of the words, and when they have
    /// been greeted. After each, the server still serves, and has not panicked.
    pub fn is_left(&self, server: &Server, leave: fn(Peer)) -> Outcome {
        const NAMES: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
        let mut names = NAMES.iter().map(|number| format!("the {number} client"));
        let mut name = || names.next().unwrap_or_default();
        let welcomed = |name: &str| {
            let mut client = server.client(name)?;
            client.expect(self.welcome)?;
            Ok(client)
        };
        let leave = |client| {
            leave(client);
            server.has_not_panicked()?;
            (self.conversation)(server)
        };
        server.part(|server| {
            leave(server.client(&name())?)?;
            leave(welcomed(&name())?)?;
            for words in self.words {
                let mut client = welcomed(&name())?;
                client.send(words.as_bytes())?;
                leave(client)?;
            }
            let mut client = welcomed(&name())?;
            (self.says)(&mut client)?;
            leave(client)
        })
    }
}
