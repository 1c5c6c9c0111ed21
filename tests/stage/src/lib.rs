//! The stage on which programs are run: starts them, types into them, waits for what they print, and ends them.
//!
//! Everything that can block has a time limit, every program is ended and reaped whichever way the play goes, and what
//! goes wrong comes back as a story: what ran, what each program had printed, what was expected next.
//!
//! What is run at each step of the book is in [`scenarios`]: the tests play them and compare what the programs print, and
//! `cargo book record` plays them and records.

mod actor;
#[cfg(target_os = "linux")]
pub mod connections;
pub mod scenarios;
mod stage;
mod varying;

use std::io;
use std::process::{Child, Command};
use std::time::Duration;

pub use actor::{Actor, Passed, Stream};
pub use stage::Stage;
pub use varying::{Varying, without_measurements};

/// Where programs come from, and how one is ended.
pub trait Launcher {
    /// The command that runs this example with these arguments. `name` is the program's name in the scenario.
    fn command(&self, name: &str, example: &str, arguments: &[String]) -> Command;

    /// The address that servers are told to listen on.
    fn server_address(&self) -> &str {
        "127.0.0.1:0"
    }

    /// How long anything may take.
    fn limit(&self) -> Duration {
        Duration::from_secs(20)
    }

    /// Ends the program of this name at once. It is reaped afterwards.
    fn kill(&self, _name: &str, child: &mut Child) -> io::Result<()> {
        child.kill()
    }
}
