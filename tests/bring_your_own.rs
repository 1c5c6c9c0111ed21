//! The server and the client of chapter 5, ours or yours.
//!
//! `WORKBOOK_SERVER` and `WORKBOOK_CLIENT` are commands that run a program in any language.
//! In them `{host}`, `{port}` and `{addr}` stand for the address to listen on or to connect
//! to. The commands run in a shell, in the folder of the workspace.

use std::env;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::examples::{Examples, limit};
use crate::scenarios::Action;
use crate::stage::{Host, Stage};

const SERVER: &str = "05_threaded_server";
const CLIENT: &str = "05_scripted_client";

/// Runs the program of this environment variable in place of an example, if it is set.
struct Yours(Option<String>);

impl Yours {
    fn from(variable: &str) -> Self {
        Yours(
            env::var(variable)
                .ok()
                .filter(|command| !command.trim().is_empty()),
        )
    }
}

impl Host for Yours {
    fn command(&self, name: &str, example: &str, arguments: &[String]) -> Command {
        let Some(template) = &self.0 else {
            return Examples.command(name, example, arguments);
        };
        let address = arguments.first().map_or("", String::as_str);
        let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
        let line = template
            .replace("{host}", host)
            .replace("{port}", port)
            .replace("{addr}", address);
        let mut command = shell(&line);
        command
            .env("PYTHONUNBUFFERED", "1") // or what it prints would come only at its end
            .current_dir(crate::examples::root());
        command
    }

    fn limit(&self) -> Duration {
        limit()
    }

    fn kill(&self, child: &mut Child) -> std::io::Result<()> {
        if self.0.is_some() {
            kill_group(child)?;
        }
        child.kill()
    }
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    use std::os::unix::process::CommandExt;

    let mut command = Command::new("sh");
    // In a process group of its own, so that what the shell starts ends with it.
    command.args(["-c", line]).process_group(0);
    command
}

#[cfg(unix)]
fn kill_group(child: &Child) -> std::io::Result<()> {
    let group = format!("-{}", child.id());
    Command::new("kill")
        .args(["-KILL", "--", &group])
        .status()
        .map(drop)
}

#[cfg(windows)]
fn shell(line: &str) -> Command {
    use std::os::windows::process::CommandExt;

    let mut command = Command::new("cmd");
    command.raw_arg("/C ").raw_arg(line);
    command
}

#[cfg(windows)]
fn kill_group(child: &Child) -> std::io::Result<()> {
    let id = child.id().to_string();
    Command::new("taskkill")
        .args(["/T", "/F", "/PID", &id])
        .output()
        .map(drop)
}

/// Whether a server of your own is being checked.
pub fn server_is_yours() -> bool {
    Yours::from("WORKBOOK_SERVER").0.is_some()
}

/// Whether a client of your own is being checked.
pub fn client_is_yours() -> bool {
    Yours::from("WORKBOOK_CLIENT").0.is_some()
}

/// A running server, ours or yours. Dropping it ends the program; if the test has failed,
/// what the server printed is told first.
pub struct Server {
    stage: Stage,
    pub address: SocketAddr,
}

impl Server {
    /// Starts the server and waits until it takes connections.
    pub fn start() -> Self {
        let host = Yours::from("WORKBOOK_SERVER");
        if host.0.is_none() {
            return Server::start_ours(Box::new(host));
        }

        // A port that is free now. Nobody else will be given it soon, for the kernel hands out others first.
        let free =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr());
        let address = free.expect("some port is free");
        let mut stage = Stage::new(Box::new(host));
        let started = stage.start(SERVER, vec![address.to_string()]);
        started.unwrap_or_else(|story| panic!("{story}"));
        let deadline = Instant::now() + limit();
        let listens = || TcpStream::connect(address).map(drop).ok();
        if stage.wait_until(SERVER, deadline, listens).is_none() {
            panic!(
                "{}",
                stage.story(&format!("your server to listen on {address}"))
            );
        }
        Server { stage, address }
    }

    /// Starts the example, run by this host.
    pub fn start_ours(host: Box<dyn Host>) -> Self {
        let mut stage = Stage::new(host);
        let served = stage.perform(&Action::Serve(SERVER));
        served.unwrap_or_else(|story| panic!("{story}"));
        let address = stage.server().expect("it said where it listens");
        Server { stage, address }
    }

    /// Starts the example on this address, which must be free.
    pub fn start_ours_on(address: SocketAddr) -> Self {
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
        Server::start_ours(Box::new(On(address.to_string())))
    }

    /// Waits until the server has printed this.
    pub fn prints(&mut self, text: &'static str) {
        let printed = self.stage.perform(&Action::Await(SERVER, text));
        printed.unwrap_or_else(|story| panic!("{story}"));
    }

    /// Waits until this is so, or fails.
    pub fn comes_to(&mut self, expected: &str, mut is_so: impl FnMut(u32) -> bool) {
        let deadline = Instant::now() + limit();
        let id = self.stage.actor(SERVER).id();
        let came = self
            .stage
            .wait_until(SERVER, deadline, || is_so(id).then_some(()));
        if came.is_none() {
            panic!("{}", self.stage.story(expected));
        }
    }

    /// Which end of the closed connection with this client is in TIME-WAIT.
    #[cfg(target_os = "linux")]
    pub fn who_waits(&mut self, client: SocketAddr) -> &'static str {
        self.stage.who_waits(SERVER, self.address, client)
    }

    /// What it has printed on standard error.
    pub fn errors(&self) -> String {
        String::from_utf8_lossy(&self.stage.actor(SERVER).stderr()).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if server_is_yours() {
                eprintln!("your server, in place of:");
            }
            eprintln!("{}", self.stage.so_far());
        }
    }
}

/// A running client, ours or yours.
pub struct Client {
    stage: Stage,
}

impl Client {
    /// Starts the client with the server's address and, if it is ours, these names.
    pub fn start(server: SocketAddr, names: &[&str]) -> Self {
        let mut stage = Stage::new(Box::new(Yours::from("WORKBOOK_CLIENT")));
        let mut arguments = vec![server.to_string()];
        arguments.extend(names.iter().map(|name| (*name).to_owned()));
        let started = stage.start(CLIENT, arguments);
        started.unwrap_or_else(|story| panic!("{story}"));
        Client { stage }
    }

    /// Waits until it has ended, and returns its exit status and what it printed on standard
    /// output and on standard error.
    pub fn ends(mut self) -> (Option<i32>, String, String) {
        let status = self.stage.wait_for_exit(CLIENT);
        let status = status.unwrap_or_else(|story| panic!("{story}"));
        let client = self.stage.actor(CLIENT);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (status.code(), text(client.stdout()), text(client.stderr()))
    }
}
