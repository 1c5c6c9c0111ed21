//! What a program says on standard error when it goes down: a panic, a traceback, an exception nobody caught.

/// The error with which a program, or a thread of it, went down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crash {
    /// As one would say it after "ended with": `a Python traceback`.
    pub kind: &'static str,
    /// The error in its own words, one line.
    pub error: String,
    /// Where in the source: `server.py:12`. Empty if it isn't said.
    pub place: String,
}

/// The first crash that is in the text of a standard error.
pub(crate) fn find(stderr: &str) -> Option<Crash> {
    let lines: Vec<&str> = stderr.lines().collect();
    (0..lines.len()).find_map(|at| {
        let (line, rest) = (lines[at], &lines[at + 1..]);
        rust(line, rest)
            .or_else(|| python(line, rest))
            .or_else(|| go(line, rest))
            .or_else(|| java(line, rest))
            .or_else(|| node(line, rest))
    })
}

fn crash(kind: &'static str, error: &str, place: String) -> Option<Crash> {
    Some(Crash { kind, error: error.trim().to_owned(), place })
}

/// `thread 'main' panicked at src/main.rs:5:10:`, then the message.
fn rust(line: &str, rest: &[&str]) -> Option<Crash> {
    let (_, place) = line.strip_prefix("thread '")?.split_once(" panicked at ")?;
    // Before Rust 1.73 the message stood first, in quotes.
    if let Some((message, place)) =
        place.strip_prefix('\'').and_then(|it| it.rsplit_once("', "))
    {
        return crash("a Rust panic", message, without_column(place));
    }
    let message = rest.first().copied().unwrap_or_default();
    crash("a Rust panic", message, without_column(place.trim_end_matches(':')))
}

/// `src/main.rs:5:10` without the column.
fn without_column(place: &str) -> String {
    let column = |(before, column): (&str, &str)| {
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let line = before.rsplit_once(':').is_some_and(|(_, line)| is_number(line));
        (line && is_number(column)).then(|| before.to_owned())
    };
    place.rsplit_once(':').and_then(column).unwrap_or_else(|| place.to_owned())
}

/// `Traceback (most recent call last):`, indented frames, then the error. What doesn't compile has a frame alone.
fn python(line: &str, rest: &[&str]) -> Option<Crash> {
    let frame = |line: &str| {
        let (file, rest) =
            line.trim_start().strip_prefix("File \"")?.split_once("\", line ")?;
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some((file.to_owned(), number))
    };
    let of_syntax = frame(line);
    if !line.trim_end().ends_with("Traceback (most recent call last):")
        && of_syntax.is_none()
    {
        return None;
    }
    let mut places: Vec<_> = of_syntax.into_iter().collect();
    for line in rest {
        if line.starts_with(' ') || line.is_empty() {
            places.extend(frame(line));
            continue;
        }
        // The author's own line is meant, not one of the library that it has called.
        let own = places.iter().rev().find(|(file, _)| !is_of_python(file));
        let (file, number) = own.or(places.last()).cloned().unwrap_or_default();
        return crash("a Python traceback", line, place(&file, &number));
    }
    None
}

fn is_of_python(file: &str) -> bool {
    ["/lib/python", "\\Lib\\", "<frozen"].iter().any(|part| file.contains(part))
}

/// The file's name and the line.
fn place(file: &str, line: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    if line.is_empty() { name.to_owned() } else { format!("{name}:{line}") }
}

/// `panic: …`, `goroutine 1 [running]:`, then functions and under each the file.
fn go(line: &str, rest: &[&str]) -> Option<Crash> {
    let error =
        line.strip_prefix("panic: ").or_else(|| line.strip_prefix("fatal error: "))?;
    if !rest.iter().any(|line| line.starts_with("goroutine ")) {
        return None;
    }
    let frames = rest.iter().zip(rest.iter().skip(1));
    let own = frames.filter(|(function, _)| function.starts_with("main."));
    let file = own.map(|(_, file)| file).find_map(|file| {
        let (file, line) = file.trim_start().rsplit_once(':')?;
        Some(place(file, line.split(' ').next()?))
    });
    crash("a Go panic", error, file.unwrap_or_default())
}

/// `Exception in thread "main" java.net.BindException: …`, then `at Server.main(Server.java:9)`.
fn java(line: &str, rest: &[&str]) -> Option<Crash> {
    let error = match line.strip_prefix("Exception in thread \"") {
        Some(rest) => rest.split_once("\" ")?.1,
        None => line,
    };
    let class = error.split(": ").next()?;
    let is_class = class.contains('.')
        && class.chars().all(|c| c.is_alphanumeric() || ".$_".contains(c));
    if !is_class || !rest.first()?.starts_with("\tat ") {
        return None;
    }
    let frames = rest.iter().map_while(|line| line.strip_prefix("\tat "));
    let mut own =
        frames.filter(|frame| !frame.starts_with("java.") && !frame.contains('/'));
    let frame = own.next().unwrap_or_default();
    let place =
        frame.split_once('(').map_or("", |(_, place)| place.trim_end_matches(')'));
    crash("a Java exception", error, place.to_owned())
}

/// `Error: …`, then `    at main (/home/ann/server.js:9:3)`.
fn node(line: &str, rest: &[&str]) -> Option<Crash> {
    let class = line.split([':', ' ']).next()?;
    let is_error = class.ends_with("Error") && class.chars().all(char::is_alphanumeric);
    if !is_error || !rest.first()?.starts_with("    at ") {
        return None;
    }
    let frames = rest.iter().map_while(|line| line.strip_prefix("    at "));
    let mut own = frames.filter(|frame| !frame.contains("node:"));
    let frame = own.next().unwrap_or_default();
    let frame = frame.rsplit_once('(').map_or(frame, |(_, place)| place);
    let frame = without_column(frame.trim_end_matches(')'));
    let at =
        frame.rsplit_once(':').map_or_else(String::new, |(file, line)| place(file, line));
    crash("an error in Node.js", line, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(stderr: &str) -> String {
        let Some(Crash { kind, error, place }) = find(stderr) else {
            return String::from("none");
        };
        format!("{kind}: {error} @ {place}")
    }

    #[test]
    fn a_rust_panic() {
        let told = "listening on 127.0.0.1:1\n\nthread 'main' (71) panicked at src/main.rs:5:10:\nno name\nnote: run with";
        assert_eq!(found(told), "a Rust panic: no name @ src/main.rs:5");
        let told =
            "thread '<unnamed>' panicked at 'no name', src\\main.rs:5:10\nnote: run with";
        assert_eq!(found(told), "a Rust panic: no name @ src\\main.rs:5");
    }

    #[test]
    fn a_python_traceback() {
        let told = "Exception in thread Thread-1:\nTraceback (most recent call last):\n  \
                    File \"/usr/lib/python3.11/threading.py\", line 1038, in _bootstrap_inner\n    self.run()\n  \
                    File \"/home/ann/server.py\", line 12, in talk\n    name.decode()\n    ^^^^^\n\
                    UnicodeDecodeError: 'utf-8' codec can't decode\n";
        let error = "a Python traceback: UnicodeDecodeError: 'utf-8' codec can't decode @ server.py:12";
        assert_eq!(found(told), error);
        let told = "  File \"server.py\", line 3\n    if x\n        ^\nSyntaxError: expected ':'\n";
        assert_eq!(
            found(told),
            "a Python traceback: SyntaxError: expected ':' @ server.py:3"
        );
    }

    #[test]
    fn a_go_panic() {
        let told = "panic: runtime error: index out of range [0] with length 0\n\ngoroutine 1 [running]:\nmain.talk(...)\n\
                    \t/home/ann/server.go:14\nmain.main()\n\t/home/ann/server.go:30 +0x1d\nexit status 2\n";
        let error = "a Go panic: runtime error: index out of range [0] with length 0 @ server.go:14";
        assert_eq!(found(told), error);
    }

    #[test]
    fn a_java_exception() {
        let told = "Exception in thread \"main\" java.net.BindException: Address already in use\n\
                    \tat java.base/sun.nio.ch.Net.bind0(Native Method)\n\tat Server.main(Server.java:9)\n";
        let error = "a Java exception: java.net.BindException: Address already in use @ Server.java:9";
        assert_eq!(found(told), error);
    }

    #[test]
    fn an_error_in_node() {
        let told = "node:events:497\n      throw er; // Unhandled 'error' event\n      ^\n\nError: read ECONNRESET\n    \
                    at TCP.onStreamRead (node:internal/stream_base_commons:218:20)\nEmitted 'error' event on Socket\n";
        assert_eq!(found(told), "an error in Node.js: Error: read ECONNRESET @ ");
        let told = "/home/ann/a.js:3\nthrow new TypeError('no');\n^\n\nTypeError: no\n    at talk (/home/ann/a.js:3:7)\n";
        assert_eq!(found(told), "an error in Node.js: TypeError: no @ a.js:3");
    }

    #[test]
    fn what_a_program_says_of_its_work_is_no_crash() {
        for told in [
            "listening on 127.0.0.1:6000\n",
            "error: Connection reset by peer\n",
            "panic: not really\n",
            "",
        ] {
            assert_eq!(find(told), None, "{told}");
        }
    }
}
