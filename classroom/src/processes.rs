//! Ends programs with all that they have started: `go run` and `sh -c` are not the server, they only start it.

use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The programs that run now, for [`end_all`].
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Notes that a program runs.
pub(crate) fn started(child: &Child) {
    RUNNING
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(child.id());
}

/// Ends a program and its descendants, and waits for it.
pub(crate) fn end(child: &mut Child) {
    // One that has ended by itself has given its number back, perhaps to somebody else.
    if let Ok(None) = child.try_wait() {
        end_tree(child.id());
    }
    _ = child.kill();
    _ = child.wait();
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.retain(|&id| id != child.id());
}

/// Ends all that still run.
pub(crate) fn end_all() {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.iter().for_each(|&id| end_tree(id));
}

#[cfg(unix)]
fn end_tree(root: u32) {
    let table = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let table = table.map(|output| output.stdout).unwrap_or_default();
    let table = String::from_utf8_lossy(&table);
    let pairs: Vec<(u32, u32)> = table
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_ascii_whitespace().map(str::parse);
            Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
        })
        .collect();
    let mut tree = vec![root];
    let mut seen = 0;
    while let Some(&parent) = tree.get(seen) {
        tree.extend(
            pairs
                .iter()
                .filter(|pair| pair.1 == parent)
                .map(|pair| pair.0),
        );
        seen += 1;
    }
    let ids = tree.iter().map(u32::to_string);
    quietly(Command::new("kill").arg("-KILL").args(ids));
}

#[cfg(windows)]
fn end_tree(root: u32) {
    quietly(Command::new("taskkill").args(["/T", "/F", "/PID", &root.to_string()]));
}

fn quietly(command: &mut Command) {
    // What can't be ended here has ended by itself.
    _ = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}
