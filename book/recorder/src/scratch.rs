//! Folders for what is made on the way to a result.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};
use fs4::FileExt;
use tempfile::TempDir;

const PREFIX: &str = ".book-";
const LOCK: &str = "lock";

/// A folder of our own, removed when this is dropped. If the process is killed first, the next one removes it.
pub struct Scratch {
    folder: TempDir,
    /// Locked until the process ends, however it does.
    _lock: File,
}

impl Scratch {
    /// Makes one in `parent`, next to where the result goes: from there, a rename puts it into its place.
    pub fn new_in(parent: &Path) -> Result<Scratch> {
        fs::create_dir_all(parent)
            .with_context(|| format!("can't create {}", parent.display()))?;
        remove_leftovers(parent);
        let make = || {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
            let lock = File::create_new(folder.path().join(LOCK))?;
            let _ = FileExt::lock(&lock); // fails on a file system without locks, where nothing is ever unlocked
            Ok::<_, std::io::Error>(Scratch { folder, _lock: lock })
        };
        make().with_context(|| format!("can't create a folder in {}", parent.display()))
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes it now, and says if that fails.
    pub fn remove(self) -> Result<()> {
        let path = self.path().to_owned();
        self.folder.close().with_context(|| format!("can't remove {}", path.display()))
    }
}

/// Removes the folders in `parent` that no process has locked.
fn remove_leftovers(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let lock = File::open(entry.path().join(LOCK)).ok().filter(|_| is_ours);
        if lock.is_some_and(|lock| FileExt::try_lock(&lock).is_ok()) {
            let _ = fs::remove_dir_all(entry.path()); // if that fails, the next one tries again
        }
    }
}
