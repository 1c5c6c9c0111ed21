//! Files and folders, as seen from the repository's root.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use anyhow::{Context, Result};
use walkdir::WalkDir;

/// The files below a folder with this extension, sorted, as seen from the root. None if the folder is missing.
pub fn files(root: &Path, folder: &str, extension: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in WalkDir::new(root.join(folder)).follow_links(true) {
        match entry {
            Ok(entry) if entry.path().extension().is_some_and(|it| it == extension) => {
                let file = entry.path().strip_prefix(root)?.to_string_lossy();
                found.push(file.replace('\\', "/"));
            }
            Ok(_) => {}
            Err(error) if error.depth() == 0 => {} // it is missing
            Err(error) => return Err(error).context(format!("can't read {folder}")),
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a file, given as seen from the root; the error names it.
pub fn read(root: &Path, file: &str) -> Result<String, String> {
    fs::read_to_string(root.join(file)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no `{file}`"),
        _ => format!("can't read `{file}`: {error}"),
    })
}

/// The folder of a file, both as seen from the root.
pub fn parent(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path as seen from a folder, as seen from the root instead; `None` if it leads outside.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut joined: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => joined.push(name.to_str()?),
            Component::ParentDir => {
                joined.pop()?;
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(joined.join("/"))
}
