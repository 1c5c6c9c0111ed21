//! Ends programs with all that they have started: `go run` and `sh -c` are not the server, they only start it.

use std::process::{Child, Command, Stdio};

/// Ends a program and its descendants, and waits for it.
pub(crate) fn end(child: &mut Child) {
    // One that has ended by itself has given its number back, perhaps to somebody else.
    if let Ok(None) = child.try_wait() {
        end_tree(child.id());
    }
    _ = child.kill();
    _ = child.wait();
}

#[cfg(unix)]
fn end_tree(root: u32) {
    let parents = parents();
    let mut tree = vec![root];
    let mut seen = 0;
    while let Some(&parent) = tree.get(seen) {
        tree.extend(parents.iter().filter(|pair| pair.1 == parent).map(|pair| pair.0));
        seen += 1;
    }
    let ids: Vec<String> = tree.iter().map(u32::to_string).collect();
    // Every shell has `kill` built in.
    quietly(Command::new("sh").args(["-c", &format!("kill -KILL {}", ids.join(" "))]));
}

/// Every process and its parent.
#[cfg(target_os = "linux")]
fn parents() -> Vec<(u32, u32)> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| {
            let id = process.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
            // After the name, which may hold anything, come the state and the parent.
            let (_, rest) = stat.rsplit_once(") ")?;
            Some((id, rest.split(' ').nth(1)?.parse().ok()?))
        })
        .collect()
}

/// Every process and its parent.
#[cfg(all(unix, not(target_os = "linux")))]
fn parents() -> Vec<(u32, u32)> {
    let table = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let table = table.map(|output| output.stdout).unwrap_or_default();
    let table = String::from_utf8_lossy(&table);
    let rows = table.lines().map(|line| line.split_ascii_whitespace().map(str::parse));
    rows.filter_map(|mut numbers| Some((numbers.next()?.ok()?, numbers.next()?.ok()?)))
        .collect()
}

#[cfg(windows)]
fn end_tree(root: u32) {
    quietly(Command::new("taskkill").args(["/T", "/F", "/PID", &root.to_string()]));
}

fn quietly(command: &mut Command) {
    // What can't be ended here has ended by itself.
    _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
