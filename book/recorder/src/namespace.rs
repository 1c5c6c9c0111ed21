//! The recorder inside of its namespaces: a network, a table of mounts and a table of processes of its own.
//!
//! Here it is process 1: whatever it leaves running ends with it, and the network is gone.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use procfs::process::{Process, Task};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::{Deserialize, Serialize};
use stage::scenarios::{Action, SCENARIOS, Scenario};
use stage::{Actor, Launcher, Stage, Stream, connections};

use crate::capture::Capture;
use crate::lines::Lines;
use crate::merge::{self, Program, Seen};
use crate::recording::{self, Environment};
use crate::strace::{self, Thread};
use crate::tools::{LIMIT, run, said_by, version_of};
use crate::tracing::{self, Tracing};

/// The recording, in the folder that `Setup::output` names.
pub const RESULT: &str = "recording.json";

const SERVER: &str = "127.0.0.1:6000";

/// What the part outside tells the part inside.
#[derive(Serialize, Deserialize)]
pub struct Setup {
    /// The scenario's name.
    pub scenario: String,
    /// The folder of the programs.
    pub programs: PathBuf,
    /// The folder for the result, and for whatever comes up on the way.
    pub output: PathBuf,
    /// The process outside.
    pub outside: u32,
}

impl Setup {
    const MARK: &str = "--in-namespace";

    pub fn to_args(&self) -> Result<[String; 2]> {
        Ok([Self::MARK.to_owned(), serde_json::to_string(self)?])
    }

    /// None if these are the arguments of a person.
    pub fn from_args(args: &[String]) -> Option<Result<Setup>> {
        let [mark, setup] = args else {
            return None;
        };
        (mark == Self::MARK).then(|| serde_json::from_str(setup).context("no setup"))
    }
}

/// Plays the scenario and writes its recording.
pub fn record(setup: Setup) -> Result<()> {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == setup.scenario);
    let scenario = scenario.context("no such scenario")?;
    let states = Tracing::start(setup.outside)?;
    end_with_the_outside(states.instance.clone());
    run(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    run(Command::new("mount").args(["-t", "proc", "proc", "/proc"]))?;
    leave_less_to_chance()?;
    let capture = Capture::start()?;

    let host = Traced { programs: setup.programs.clone(), output: setup.output.clone() };
    let mut stage = Stage::new(Box::new(host));
    let played = stage.play(scenario);
    stage.end();
    let segments = capture.stop()?;
    reap_all()?;
    let table = connections::table().context("can't read the table of connections")?;
    let changes = states.stop()?;
    played.with_context(|| format!("the play of {} did not go on", scenario.name))?;

    let programs = stage.actors().iter().map(|actor| seen_of(actor, scenario, &setup));
    let programs = programs.collect::<Result<_>>()?;
    let seen = Seen { programs, segments, changes, table };
    let recording = merge::merge(scenario, environment()?, seen)?;
    let file = setup.output.join(RESULT);
    fs::write(&file, recording.to_json()?)
        .with_context(|| format!("can't write {}", file.display()))
}

/// Settles what would otherwise be decided by chance in each run.
fn leave_less_to_chance() -> Result<()> {
    // On one processor: the loopback has a queue for each, and segments could overtake one another.
    let mut all =
        sched_getaffinity(None).context("can't read the processors to run on")?;
    let first =
        (0..CpuSet::MAX_CPU).find(|cpu| all.is_set(*cpu)).context("no processor")?;
    all.clear();
    all.set(first);
    sched_setaffinity(None, &all).context("can't stay on one processor")?;

    // Nothing is lost in here. Only under strace are programs so slow that the kernel would send a segment again, to probe.
    let probes = "/proc/sys/net/ipv4/tcp_early_retrans";
    fs::write(probes, "0").with_context(|| format!("can't write {probes}"))
}

/// Ends this process, and with it all others in here, when the part outside ends, however it does.
fn end_with_the_outside(instance: PathBuf) {
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        tracing::remove_instance(&instance);
        std::process::exit(1);
    });
}

/// Reaps the tracers, which are nobody's children but ours once their program has ended. What they wrote is whole then.
fn reap_all() -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    loop {
        match waitpid(None, WaitOptions::NOHANG) {
            Err(Errno::CHILD) => return Ok(()), // there are none
            Ok(None) if Instant::now() > deadline => bail!("strace does not end"),
            Ok(None) => thread::sleep(Duration::from_millis(1)),
            reaped => drop(reaped.context("can't wait for strace")?),
        }
    }
}

/// Runs each program under strace.
struct Traced {
    programs: PathBuf,
    output: PathBuf,
}

impl Launcher for Traced {
    /// With `-D` the tracer is the grandchild, and the child the program itself, which can be ended by its id.
    fn command(&self, name: &str, example: &str, arguments: &[String]) -> Command {
        let mut command = Command::new("strace");
        command
            .args(["-D", "-ff", "-k", "--timestamps=unix,us", "--syscall-times=us"])
            .args(["--quiet=attach,personality", "--string-limit=65536"])
            .arg("--trace=%network,read,readv,write,writev,close,dup,dup2,dup3,fcntl")
            .arg("--output")
            .arg(self.output.join(name))
            .arg(self.programs.join(example))
            .args(arguments);
        command
    }

    fn server_address(&self) -> &str {
        SERVER
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// Ends a program once each of its threads waits in a call, for that is how one ends a server: where in between it
    /// would be otherwise is chance.
    ///
    /// A call that never returns shows no stack, and so no line. So each thread first gets a signal that it ignores: the
    /// call stops, strace writes it with its stack, and the kernel starts it again.
    fn kill(&self, name: &str, child: &mut Child) -> io::Result<()> {
        let deadline = Instant::now() + LIMIT;
        while !tasks(child).all(|task| waits(&task)) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        let mut running: Vec<i32> = tasks(child).map(|task| task.tid).collect();
        // Another thread may take the signal, one that is just ending: then it must be sent again.
        while !running.is_empty() && Instant::now() < deadline {
            for id in running.iter().filter_map(|id| Pid::from_raw(*id)) {
                let _ = kill_process(id, Signal::WINCH); // fails if it has ended
            }
            let resend = Instant::now() + Duration::from_millis(100);
            while !running.is_empty() && Instant::now() < resend {
                thread::sleep(Duration::from_millis(1));
                running.retain(|thread| !self.has_stopped(name, *thread));
            }
        }
        child.kill()
    }
}

impl Traced {
    /// Whether strace has written the stack of the call that the thread was in, or its end.
    fn has_stopped(&self, program: &str, thread: i32) -> bool {
        let file = self.output.join(format!("{program}.{thread}"));
        let text = fs::read(file).unwrap_or_default();
        strace::was_interrupted(&String::from_utf8_lossy(&text))
    }
}

/// Its threads.
fn tasks(child: &Child) -> impl Iterator<Item = Task> {
    let process = i32::try_from(child.id()).map(Process::new);
    let tasks = process.into_iter().flatten().map(|process| process.tasks());
    tasks.flatten().flatten().flatten()
}

/// Whether a thread sleeps in a call, or has ended. One that strace holds does not count as asleep.
fn waits(thread: &Task) -> bool {
    thread.stat().is_ok_and(|it| matches!(it.state, 'S' | 'Z'))
}

fn seen_of(actor: &Actor, scenario: &Scenario, setup: &Setup) -> Result<Program> {
    let typed = actor.passed().into_iter().filter(|it| it.stream == Stream::Stdin);
    let typed = typed.map(|passed| {
        let at = passed.at.duration_since(UNIX_EPOCH);
        let at = at.context("the clock is before 1970")?.as_micros().try_into()?;
        Ok((at, String::from_utf8_lossy(&passed.bytes).into_owned()))
    });
    Ok(Program {
        listed: recording::Program {
            id: actor.name.clone(),
            example: actor.example.clone(),
            args: actor.arguments.clone(),
            role: role(scenario, &actor.name).to_owned(),
        },
        threads: threads_of(&actor.name, &setup.output)?,
        lines: Lines::of(&setup.programs.join(&actor.example), &actor.example)?,
        typed: typed.collect::<Result<_>>()?,
    })
}

/// A program that is a server in any scenario is one in all of them.
fn role(scenario: &Scenario, program: &str) -> &'static str {
    let example = recording::example(program);
    let mut plays = SCENARIOS.iter().flat_map(|scenario| scenario.play);
    if plays.any(
        |action| matches!(action, Action::Serve(it) if recording::example(it) == example),
    ) {
        return "server";
    }
    let role = scenario.play.iter().find_map(|action| match action {
        Action::Serve(name) if *name == program => Some("server"),
        Action::Connect(name, _) if *name == program => Some("client"),
        _ => None,
    });
    role.unwrap_or("program")
}

/// strace's file of each thread. In a new table of processes, ids count up: the first is the main thread's.
fn threads_of(program: &str, output: &Path) -> Result<Vec<Thread>> {
    let mut threads = BTreeMap::new();
    for file in fs::read_dir(output)? {
        let path = file?.path();
        let id = path.extension().and_then(|id| id.to_str()?.parse::<u32>().ok());
        if let Some(id) = id
            && path.file_stem().is_some_and(|name| name == program)
        {
            let text = fs::read(&path)
                .with_context(|| format!("can't read {}", path.display()))?;
            threads.insert(id, strace::parse(&String::from_utf8_lossy(&text))?);
        }
    }
    if threads.is_empty() {
        bail!("strace wrote nothing about {program}");
    }
    Ok(threads.into_values().collect())
}

fn environment() -> Result<Environment> {
    let kernel =
        fs::read_to_string("/proc/sys/kernel/osrelease").context("no kernel version")?;
    let kernel = kernel.trim().split('-').next().unwrap_or_default().to_owned();
    Ok(Environment {
        date: said_by(Command::new("date").args(["-u", "+%F"]))?,
        kernel,
        rustc: version_of(
            "rustc",
            &std::env::var("RUSTC").unwrap_or("rustc".to_owned()),
        )?,
        strace: version_of("version", "strace")?,
        tcpdump: version_of("version", "tcpdump")?,
    })
}
