//! 15 minutes · chapter 6 · write it yourself
//!
//! Reach: lines, from anything that is `Read`, however the bytes come.
//! Why: this is the loop inside every protocol of lines. Once you have written it, you know what a `BufReader` does, and what is
//! lost with it.
//!
//! A line ends with a newline, which is not part of it. One read may bring half a line, or several, or several and a half. A line
//! that is whole is given without another read: the next bytes may be a long time coming. A read that fails with
//! `ErrorKind::Interrupted` has lost nothing, and is made again. Any other error is returned. A stream that ends within a line is
//! an error of the kind `ErrorKind::UnexpectedEof`.

use std::io::{self, ErrorKind, Read};

/// The lines of a stream.
struct Lines<R> {
    stream: R,
    /// Received, and not given yet: part of a line, or lines that came with the one before.
    received: Vec<u8>,
}

impl<R: Read> Lines<R> {
    fn new(stream: R) -> Self {
        Self { stream, received: Vec::new() }
    }

    /// The next line, without its newline. `None` if the stream has ended after a line.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [0; 1024];
        loop {
            // Before the read: the line may have come with the one before.
            if let Some(newline) = self.received.iter().position(|&byte| byte == b'\n') {
                let mut line: Vec<u8> = self.received.drain(..=newline).collect();
                line.pop();
                return Ok(Some(line));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) if self.received.is_empty() => return Ok(None),
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn main() {
    grader::by_hand::show("next_line", || {
        Lines::new(&b"Michael\nTracy\n"[..]).next_line()
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Pieces, call, check, in_every_way, same_messages, visible};
    use std::io::ErrorKind;

    /// All lines of a stream.
    fn all_lines(stream: impl Read) -> io::Result<Vec<Vec<u8>>> {
        let mut lines = Lines::new(stream);
        let mut all = Vec::new();
        while let Some(line) = lines.next_line()? {
            all.push(line);
        }
        Ok(all)
    }

    /// These lines, each with its newline.
    fn stream(lines: &[Vec<u8>]) -> Vec<u8> {
        lines.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect()
    }

    fn names() -> Vec<Vec<u8>> {
        [&b"Michael"[..], b"Tracy", b"", b"\xe6\x9d\x8e", b" \xff\0 ", b"\r"]
            .map(<[u8]>::to_vec)
            .to_vec()
    }

    #[test]
    fn one_line_at_a_time() -> Outcome {
        let taken = call("next_line", || {
            io::Result::Ok(all_lines(Pieces::new(["Michael\n", "Tracy\n"])))
        })?;
        same_messages(
            "`next_line` failed when each line came at once",
            taken,
            &["Michael", "Tracy"],
        )
    }

    #[test]
    fn in_pieces_of_every_size() -> Outcome {
        let lines: Vec<Vec<u8>> =
            names().into_iter().chain((0..100).map(|n| vec![b'x'; n])).collect();
        in_every_way("next_line", &stream(&lines), &lines, all_lines)
    }

    /// A line that is whole is given before the next read, which may wait for long.
    #[test]
    fn a_whole_line_does_not_wait() -> Outcome {
        let taken = call("next_line", || {
            let mut lines =
                Lines::new(Pieces::new(["Michael\nTra", "cy\nexit\nSa"]).stays_open());
            let mut taken = || -> io::Result<Vec<Vec<u8>>> {
                (0..3).map(|_| Ok(lines.next_line()?.unwrap_or_default())).collect()
            };
            io::Result::Ok(taken())
        })?;
        let headline = "`next_line` failed when the stream stayed open";
        same_messages(headline, taken, &["Michael", "Tracy", "exit"])
    }

    /// What comes in place of a line when these pieces have been taken, and whether lines come before it.
    fn ends(pieces: &'static [&'static str], lines: usize) -> Outcome<Option<ErrorKind>> {
        call("next_line", move || {
            let mut taken = Lines::new(Pieces::new(pieces));
            for _ in 0..lines {
                taken.next_line()?.ok_or(io::Error::other("it gave too few lines"))?;
            }
            match taken.next_line() {
                Ok(None) => io::Result::Ok(None),
                Ok(Some(line)) => {
                    let line = visible(&line);
                    Err(io::Error::other(format!("it gave `{line}` as a line")))
                }
                Err(error) => Ok(Some(error.kind())),
            }
        })
    }

    #[test]
    fn the_end_after_a_line() -> Outcome {
        let none = ends(&[], 0)?.is_none() && ends(&["Michael\n"], 1)?.is_none();
        check(none, "the stream ended after a whole line, but `next_line` gave an error")
    }

    #[test]
    fn the_end_within_a_line() -> Outcome {
        for (pieces, lines) in
            [(&["Michael\nTra"][..], 1), (&["Mich"], 0), (&["Tracy\n", "M"], 1)]
        {
            check(
                ends(pieces, lines)? == Some(ErrorKind::UnexpectedEof),
                "the stream ended within a line: that is an error of the kind UnexpectedEof",
            )?;
        }
        Ok(())
    }

    /// Any other error is the caller's to see.
    #[test]
    fn an_error_of_the_stream() -> Outcome {
        let kind = call("next_line", || {
            let mut lines = Lines::new(Pieces::new(["Mich"]).stays_open());
            io::Result::Ok(lines.next_line().err().map(|error| error.kind()))
        })?;
        check(
            kind == Some(ErrorKind::WouldBlock),
            "the stream failed with WouldBlock, but `next_line` did not return that error",
        )
    }
}
