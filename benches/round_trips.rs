//! How many times a second a client that waits for each question is greeted: by the servers of
//! chapters 5 and 6, and beside each in the same run by a C server that does the same; and by
//! the C server of chapter 5 when it answers in two writes.
//!
//! ```text
//! cargo bench                       # measure, and print
//! WORKBOOK_REFRESH=1 cargo bench    # and write it to benches/*.txt, for chapters 5 and 6
//! ```
//!
//! Linux, with a C compiler (`cc`, or `$CC`).

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Round trips in one measurement, and how often each server is measured, in turns.
const TRIPS: u32 = 20_000;
const ROUNDS: usize = 11;
/// The stalling server is measured less: each of its round trips takes some 40 ms.
const SLOW_TRIPS: u32 = 100;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = env::current_exe()?.parent().ok_or("no folder")?.to_owned();

    let cargo = env::var("CARGO").unwrap_or("cargo".into());
    for example in ["05_threaded_server", "06_line_server"] {
        let build = ["build", "--release", "--example", example];
        run(Command::new(&cargo).args(build).current_dir(root))?;
    }
    let ours = |example: &str| {
        let ours = folder.join("../examples").join(example);
        Server::start(Command::new(ours).arg("127.0.0.1:0"))
    };

    let in_c = folder.join("name_server");
    let compiler = env::var("CC").unwrap_or("cc".into());
    let source = root.join("benches/name_server.c");
    let options = ["-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE", "-o"];
    run(Command::new(compiler).args(options).arg(&in_c).arg(source))?;
    let in_c = |how: &str| Server::start(Command::new(&in_c).arg(how));

    let (threaded, one) = side_by_side(
        &ours("05_threaded_server")?,
        &in_c("one")?,
        "Michael",
        "What's your name?",
    )?;
    let slow =
        in_c("two")?.time(SLOW_TRIPS, "Michael", "What's your name?")? / SLOW_TRIPS;
    report(
        &root.join("benches/round_trips.txt"),
        &[
            ("our server, one write a turn", threaded),
            ("a server in C, one write a turn", one),
            ("the same in C, two writes a turn", slow),
        ],
    )?;

    let (lines, in_lines) = side_by_side(
        &ours("06_line_server")?,
        &in_c("lines")?,
        "Michael\n",
        "What's your name?\n",
    )?;
    report(
        &root.join("benches/line_round_trips.txt"),
        &[("06_line_server", lines), ("a server in C that reads lines", in_lines)],
    )
}

/// Measures one server and another, in turns, and says how they compare. Returns the time of a round trip with each.
fn side_by_side(
    ours: &Server,
    other: &Server,
    says: &str,
    question: &str,
) -> Result<(Duration, Duration)> {
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        // Who is measured first changes from round to round.
        let (a, b) = if round % 2 == 0 {
            (ours.time(TRIPS, says, question)?, other.time(TRIPS, says, question)?)
        } else {
            let b = other.time(TRIPS, says, question)?;
            (ours.time(TRIPS, says, question)?, b)
        };
        rounds.push((b.as_secs_f64() / a.as_secs_f64(), a / TRIPS, b / TRIPS));
    }
    // Times depend on which processors the kernel chose. So the round in the middle counts,
    // whole, by how ours compares with the other.
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, time_ours, time_other) = rounds[ROUNDS / 2];
    println!("ours makes {ratio:.2} times the round trips of the one in C:");
    Ok((time_ours, time_other))
}

/// Prints the times of a round trip, and writes them to the file if `WORKBOOK_REFRESH` is set.
fn report(file: &Path, times: &[(&str, Duration)]) -> Result<()> {
    let mut report = String::new();
    for (what, time) in times {
        let a_second = 1.0 / time.as_secs_f64();
        report += &format!(
            "{what:34}{:>8.0} µs a round trip{a_second:>8.0} a second\n",
            time.as_secs_f64() * 1e6
        );
    }
    print!("{report}");
    if env::var_os("WORKBOOK_REFRESH").is_some() {
        fs::write(file, report)?;
    }
    Ok(())
}

/// A running server, ended when dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Both kinds of server print a line that ends in their port: ours on standard error, the
    /// one in C on standard output.
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut server = Server { child, port: 0 };
        let mut line = String::new();
        if command.get_args().any(|argument| argument == "127.0.0.1:0") {
            BufReader::new(stderr.ok_or("no stderr")?).read_line(&mut line)?;
            // Our server prints two lines for each client, and must not block in doing so.
            let mut stdout = stdout.ok_or("no stdout")?;
            std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        } else {
            BufReader::new(stdout.ok_or("no stdout")?).read_line(&mut line)?;
        }
        server.port = line.trim().rsplit(':').next().unwrap_or_default().parse()?;
        Ok(server)
    }

    /// The time of this many round trips over one connection: we say this, and hear the question.
    fn time(&self, trips: u32, says: &str, question: &str) -> Result<Duration> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        hear(&mut stream, question)?;
        let started = Instant::now();
        for _ in 0..trips {
            stream.write_all(says.as_bytes())?;
            hear(&mut stream, question)?;
        }
        let taken = started.elapsed();
        stream.write_all(says.replace("Michael", "exit").as_bytes())?;
        Ok(taken)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads up to the next question.
fn hear(stream: &mut TcpStream, question: &str) -> Result<()> {
    let mut heard = Vec::new();
    let mut buffer = [0; 1024];
    while !heard.ends_with(question.as_bytes()) {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Err("the server hung up".into());
        }
        heard.extend_from_slice(&buffer[..n]);
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}
