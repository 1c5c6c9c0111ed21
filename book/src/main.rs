//! `cargo book`: builds the book, serves it with live reload, and records the conversations that it shows.

mod build;
mod check;
mod directives;
mod markdown;
mod outside;
mod problem;
mod search;
mod serve;
mod warnings;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use lexopt::prelude::*;

use recorder::signals::Signals;

const HELP: &str = "\
The book, built from chapters/, examples/ and tests/transcripts/.

  cargo book                     build it, serve it on 127.0.0.1, reload it on every change, open it
      --port N                   serve on this port (default: 3000; 0: any that is free)
      --no-open                  do not open a browser
  cargo book build               only build it, into target/book
      --dest DIR                 into this folder instead
      --draft                    although something is wrong with it, which is told
  cargo book record [SCENARIO…]  record the conversations again, or only these (Linux)
      --check                    compare with what is committed instead
";

/// What the command line asks for.
enum Command {
    Help,
    Serve { port: u16, open: bool },
    Build { dest: Option<PathBuf>, draft: bool },
    Record(Vec<String>),
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

/// Says on standard error what went wrong: all that is wrong with the book, if that is it.
fn tell(error: &anyhow::Error) {
    if let Some(refused) = error.downcast_ref::<build::Refused>() {
        tell_each(&refused.problems);
    }
    tell_each(&[format!("error: {error:#}")]);
}

/// Says these lines on standard error. If the terminal has been closed, they are lost.
fn tell_each(lines: &[impl Display]) {
    for line in lines {
        let _ = writeln!(io::stderr(), "{line}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn run() -> Result<()> {
    let (command, root) = parse(lexopt::Parser::from_env())
        .map_err(|error| anyhow!("{error} (`cargo book --help` lists what there is)"))?;
    let mut signals = Signals::new()?;
    match command {
        Command::Help => print!("{HELP}"),
        Command::Serve { port, open } => {
            serve::run(&root, &target(&root), port, open, &mut signals).await?
        }
        Command::Build { dest, draft } => {
            if let Some(dest) = &dest {
                build::check_that_it_may_go(dest)?;
            }
            let dest = dest.unwrap_or_else(|| target(&root).join("book"));
            let options = build::Options { draft, ..Default::default() };
            let into = dest.clone();
            signals.work(move || build::run(&root, &into, options)).await?;
            println!("the book is in {}", dest.display());
        }
        Command::Record(args) => {
            recorder::run(&root, &target(&root), &args, &mut signals).await?
        }
    }
    Ok(())
}

/// Reads the command line. Beside the command comes the repository's root, which tests may name with `--root`.
fn parse(mut args: lexopt::Parser) -> Result<(Command, PathBuf)> {
    let (mut word, mut root, mut port, mut dest) = (None, None, None, None);
    let (mut no_open, mut draft, mut help) = (false, false, false);
    while let Some(arg) = args.next()? {
        match arg {
            Long("help") | Short('h') => help = true,
            Long("root") => root = Some(PathBuf::from(args.value()?)),
            Long("port") if word.is_none() => port = Some(args.value()?.parse()?),
            Long("no-open") if word.is_none() => no_open = true,
            Long("dest") if word.as_deref() == Some("build") => {
                dest = Some(PathBuf::from(args.value()?))
            }
            Long("draft") if word.as_deref() == Some("build") => draft = true,
            Value(value) if word.is_none() => match value.string()? {
                value if value == "record" => {
                    let rest = args.raw_args()?.map(|arg| arg.string());
                    return Ok((
                        Command::Record(rest.collect::<Result<_, _>>()?),
                        home(),
                    ));
                }
                value if value == "build" => word = Some(value),
                value => bail!("there is no command `{value}`"),
            },
            other => return Err(other.unexpected().into()),
        }
    }
    let command = match word {
        _ if help => Command::Help,
        Some(_) if port.is_some() || no_open => {
            bail!("`--port` and `--no-open` are for serving, not for `build`")
        }
        Some(_) => Command::Build { dest, draft },
        None => Command::Serve { port: port.unwrap_or(3000), open: !no_open },
    };
    let root = match root {
        Some(root) => std::path::absolute(root)?,
        None => home(),
    };
    Ok((command, root))
}

/// The repository's root: Cargo says where this crate is, wherever in the workspace it is run. (If another crate runs it,
/// a test, say, it is where it was built.)
fn home() -> PathBuf {
    let built = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let run = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let book = run.filter(|it| it.join("book.toml").is_file()).unwrap_or(built);
    book.parent().map(Path::to_owned).unwrap_or(book)
}

/// Cargo's target folder.
fn target(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => root.join("target"),
    }
}
