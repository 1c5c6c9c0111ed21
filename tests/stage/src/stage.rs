//! The stage on which the programs of a scenario run together.

use std::fmt::{Display, Write as _};
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Error, Result, anyhow};

use crate::Launcher;
use crate::actor::Actor;
#[cfg(target_os = "linux")]
use crate::connections;
use crate::scenarios::{Action, Scenario};
use crate::varying::Varying;

/// The programs of one play. Dropping it ends those that still run.
pub struct Stage {
    launcher: Rc<dyn Launcher>,
    actors: Vec<Actor>,
    server: Option<SocketAddr>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.end();
    }
}

impl Stage {
    pub fn new(launcher: Box<dyn Launcher>) -> Self {
        Stage { launcher: launcher.into(), actors: Vec::new(), server: None }
    }

    /// Plays the whole scenario.
    pub fn play(&mut self, scenario: &Scenario) -> Result<()> {
        scenario.play.iter().try_for_each(|action| self.perform(action))
    }

    /// Performs one action, and waits until it has had its effect.
    pub fn perform(&mut self, action: &Action) -> Result<()> {
        match *action {
            Action::Run(name) => self.start(name, Vec::new()),
            Action::Serve(name) => {
                self.start(name, vec![self.launcher.server_address().to_owned()])?;
                self.server = self.wait_until(name, |actor| actor.address());
                let said = self.server.map(|_| ());
                said.ok_or_else(|| {
                    self.story(format!("{name} to say which address it listens on"))
                })
            }
            Action::Connect(name, more) => {
                let mut arguments = vec![self.running_server()?.to_string()];
                arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
                self.start(name, arguments)
            }
            Action::Await(name, text) => {
                let found =
                    self.wait_until(name, |actor| actor.take_awaited(text).then_some(()));
                found.ok_or_else(|| self.story(format!("{name} to print {text:?}")))
            }
            Action::Unread(name, bytes) => self.wait_for_unread(name, bytes),
            Action::Connecting(name) => self.wait_for_connect(name),
            Action::Type(name, text) => {
                let typed = self.actor_mut(name).type_in(text);
                typed.map_err(|it| self.story(format!("{name} to take {text:?} ({it})")))
            }
            Action::EndInput(name) => {
                self.actor_mut(name).end_input();
                Ok(())
            }
            Action::Ends(name) => self.exits_with(name, 0),
            Action::Fails(name) => self.exits_with(name, 1),
            Action::Kill(name) => {
                let launcher = Rc::clone(&self.launcher);
                self.actor_mut(name).end(&*launcher);
                Ok(())
            }
        }
    }

    /// Starts a program with these arguments.
    pub fn start(&mut self, name: &str, arguments: Vec<String>) -> Result<()> {
        let actor = Actor::start(&*self.launcher, name, arguments)
            .map_err(|error| self.story(format!("{name} to start ({error})")))?;
        self.actors.push(actor);
        Ok(())
    }

    /// Ends whatever still runs. What was printed can still be asked for.
    pub fn end(&mut self) {
        for actor in &mut self.actors {
            actor.end(&*self.launcher);
        }
    }

    /// The programs in the order in which they were started.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// The program of this name. Panics if the play has none: a mistake in the scenario.
    pub fn actor(&self, name: &str) -> &Actor {
        let found = self.actors.iter().find(|actor| actor.name == name);
        found.unwrap_or_else(|| panic!("no program named {name} was started"))
    }

    fn actor_mut(&mut self, name: &str) -> &mut Actor {
        let found = self.actors.iter_mut().find(|actor| actor.name == name);
        found.unwrap_or_else(|| panic!("no program named {name} was started"))
    }

    /// The address of the server that was started last.
    pub fn server(&self) -> Option<SocketAddr> {
        self.server
    }

    fn running_server(&self) -> Result<SocketAddr> {
        self.server.ok_or_else(|| self.story("a server to have been started"))
    }

    /// Rewrites what must vary from run to run: see [`Varying`].
    pub fn normalise(&self, bytes: &[u8]) -> String {
        let mut varying = Varying::new(self.server);
        for actor in &self.actors {
            varying.learn(&String::from_utf8_lossy(&actor.stderr()));
            varying.learn(&String::from_utf8_lossy(&actor.screen()));
        }
        varying.rewrite(&String::from_utf8_lossy(bytes))
    }

    /// What has happened so far, and that `expected` did not.
    pub fn story(&self, expected: impl Display) -> Error {
        anyhow!("{}expected next: {expected}\n", self.so_far())
    }

    /// What ran, and what each program has printed so far.
    pub fn so_far(&self) -> String {
        let mut story = String::new();
        for actor in &self.actors {
            let arguments = actor.arguments.join(" ");
            let state = actor.state();
            let _ = writeln!(story, "{} {arguments}\n  {state}", actor.name);
            for (what, bytes) in [("screen", actor.screen()), ("stderr", actor.stderr())]
            {
                for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                    let _ = writeln!(story, "  {what} | {}", line.escape_ascii());
                }
            }
        }
        story
    }

    /// Waits until the program has ended by itself and all its output is here.
    pub fn wait_for_exit(&mut self, name: &str) -> Result<ExitStatus> {
        let ended = self.wait_until(name, Actor::ended);
        ended.ok_or_else(|| self.story(format!("{name} to end by itself")))
    }

    /// Waits until `look` finds something, while this program runs. `None`: the time is up,
    /// or the program has ended.
    pub fn wait_until<T>(
        &mut self,
        name: &str,
        look: impl FnMut(&mut Actor) -> Option<T>,
    ) -> Option<T> {
        let deadline = Instant::now() + self.launcher.limit();
        self.actor_mut(name).wait(deadline, look)
    }

    /// Which end of a closed connection is in TIME-WAIT: `server` or `client`. Waits, while the
    /// program of this name runs, until one is. Panics if none comes to be.
    #[cfg(target_os = "linux")]
    pub fn who_waits(
        &mut self,
        name: &str,
        server: SocketAddr,
        client: SocketAddr,
    ) -> &'static str {
        let ends = [("server", server, client), ("client", client, server)];
        let found = self.wait_until(name, |_| {
            let waits = |end: &&(_, _, _)| connections::is_in_time_wait(end.1, end.2);
            ends.iter().find(waits).map(|(who, ..)| *who)
        });
        found.unwrap_or_else(|| panic!("{}", self.story("one end to be in TIME-WAIT")))
    }

    fn exits_with(&mut self, name: &str, code: i32) -> Result<()> {
        let status = self.wait_for_exit(name)?;
        if status.code() == Some(code) {
            return Ok(());
        }
        Err(self.story(format!("{name} to end with exit status {code}")))
    }

    #[cfg(target_os = "linux")]
    fn wait_for_connect(&mut self, name: &str) -> Result<()> {
        let server = self.running_server()?;
        let found = self
            .wait_until(name, |_| connections::is_connecting_to(server).then_some(()));
        found.ok_or_else(|| self.story(format!("{name} to wait in connect")))
    }

    #[cfg(target_os = "linux")]
    fn wait_for_unread(&mut self, name: &str, bytes: usize) -> Result<()> {
        let server = self.running_server()?;
        let is_server = self.actor(name).address() == Some(server);
        let mut unread = None;
        let found = self.wait_until(name, |_| {
            unread = connections::unread_bytes(server.port(), is_server);
            (unread == Some(bytes)).then_some(())
        });
        found.ok_or_else(|| {
            self.story(format!("{bytes} bytes to lie unread at {name} ({unread:?} do)"))
        })
    }

    // Only Linux tells. Elsewhere the play goes on at once, for what follows must come about in any case.

    #[cfg(not(target_os = "linux"))]
    fn wait_for_connect(&mut self, _: &str) -> Result<()> {
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    fn wait_for_unread(&mut self, _: &str, _: usize) -> Result<()> {
        Ok(())
    }
}
