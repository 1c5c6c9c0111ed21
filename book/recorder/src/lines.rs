//! Finds the line of the example at which a call was made.

use std::path::{Path, PathBuf};

use addr2line::Loader;
use anyhow::{Context, Result, anyhow};
use object::{Object, ObjectSegment};

/// The debugging information of one program.
pub struct Lines {
    program: PathBuf,
    /// The end of the source file's path: `examples/NAME.rs`.
    source: String,
    loader: Loader,
    /// Where in the file each segment lies, and at which address it belongs.
    segments: Vec<(std::ops::Range<u64>, u64)>,
}

impl Lines {
    pub fn of(program: &Path, example: &str) -> Result<Self> {
        let read = || -> Result<Lines> {
            let bytes = std::fs::read(program)?;
            let file = object::File::parse(&*bytes)?;
            let segments = file.segments().map(|segment| {
                let (offset, length) = segment.file_range();
                (offset..offset.saturating_add(length), segment.address())
            });
            Ok(Lines {
                program: program.to_owned(),
                source: format!("examples/{example}.rs"),
                segments: segments.collect(),
                loader: Loader::new(program).map_err(|error| anyhow!("{error}"))?,
            })
        };
        read().with_context(|| format!("can't read {}", program.display()))
    }

    /// The line of the innermost frame that lies in the example's own source file. strace gives a frame as a return
    /// address, counted in the file: the call is the instruction before it.
    pub fn line(&self, stack: &[(String, u64)]) -> Option<u32> {
        let own = stack.iter().filter(|(path, _)| Path::new(path) == self.program);
        own.filter_map(|(_, offset)| offset.checked_sub(1))
            .find_map(|offset| self.line_at(offset))
    }

    fn line_at(&self, offset: u64) -> Option<u32> {
        let (range, address) =
            self.segments.iter().find(|(range, _)| range.contains(&offset))?;
        let address = address.checked_add(offset - range.start)?;
        let mut frames = self.loader.find_frames(address).ok()?;
        while let Some(frame) = frames.next().ok()? {
            if let Some(location) = frame.location
                && location.file.is_some_and(|file| file.ends_with(&self.source))
            {
                return location.line;
            }
        }
        None
    }
}
