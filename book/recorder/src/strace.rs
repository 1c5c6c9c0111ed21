//! Reads what strace wrote about one thread (`strace -ff -k --timestamps=unix,us --syscall-times=us`).
//!
//! With `-ff` each thread has a file of its own, so a call stands whole on one line, and its stack on the lines below:
//!
//! ```text
//! 1795503467.924444 recvfrom(3, "Welcome", 100, 0, NULL, NULL) = 7 <0.004107>
//!  > /usr/lib/x86_64-linux-gnu/libc.so.6(recv+0x19) [0x10a929]
//!  > /path/of/05_scripted_client(client::main+0xc6) [0x16226]
//! 1795503467.990341 +++ exited with 0 +++
//! ```

use std::borrow::Cow;
use std::iter;
use std::net::SocketAddr;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};
use regex::Regex;

use crate::tools::{Micros, micros};

/// What strace saw of one thread.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// In the order in which they began.
    pub calls: Vec<Call>,
    /// When it ended, and how: `exit 0`, or `killed`.
    pub end: Option<(Micros, String)>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// When it began.
    pub at: Micros,
    pub name: String,
    /// As strace wrote them, split at the commas between them.
    pub arguments: Vec<String>,
    /// As strace wrote it. None if the call never returned.
    pub result: Option<String>,
    /// When it returned.
    pub end: Option<Micros>,
    /// Return addresses, innermost first: the program file, and an offset in it.
    pub stack: Vec<(String, u64)>,
}

impl Call {
    /// The result as a number: a descriptor, a count of bytes. None if there is none, or an error.
    pub fn number(&self) -> Option<i32> {
        leading_number(self.result.as_deref()?).filter(|number| *number >= 0)
    }

    /// The descriptor that the call is about, its first argument.
    pub fn descriptor(&self) -> Option<i32> {
        leading_number(self.arguments.first()?)
    }

    /// The socket address among the arguments, if there is one.
    pub fn address(&self) -> Option<SocketAddr> {
        self.arguments.iter().find_map(|argument| socket_address(argument))
    }

    /// Whether a signal interrupted it, or the end of its thread.
    fn was_interrupted(&self) -> bool {
        self.result.as_deref().is_some_and(|result| result.starts_with('?'))
    }
}

/// Reads the whole file of one thread.
///
/// A call that a signal interrupted and the kernel then started again counts as one call.
pub fn parse(text: &str) -> Result<Thread> {
    let mut thread = Thread::default();
    let mut lines = text.lines().filter(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        let stack = iter::from_fn(|| lines.next_if(|line| line.starts_with(" > ")));
        let stack = stack.filter_map(parse_frame).collect();
        thread.add(line, stack).with_context(|| format!("strace wrote {line:?}"))?;
    }
    for call in thread.calls.iter_mut().filter(|call| call.was_interrupted()) {
        call.result = None;
        call.end = None;
    }
    Ok(thread)
}

/// Whether, in a file that is still being written, the thread's last call has been interrupted and its stack is whole,
/// or the thread has ended.
pub fn was_interrupted(text: &str) -> bool {
    let Some((_, after)) = text.rsplit_once(" = ? ERESTART") else {
        return text.contains(" +++ ") || text.contains(" --- SIGWINCH ");
    };
    // The line that follows the stack begins with its time.
    after.lines().any(|line| line.starts_with(|c: char| c.is_ascii_digit()))
}

impl Thread {
    /// Adds what a line tells, with the stack below it.
    fn add(&mut self, line: &str, stack: Vec<(String, u64)>) -> Result<()> {
        let (at, rest) = line.split_once(' ').context("no time")?;
        let at = micros(at)?;
        if let Some(end) = rest.strip_prefix("+++ ") {
            let how = match end.strip_prefix("exited with ") {
                Some(status) => format!("exit {}", status.trim_end_matches(" +++")),
                None if end.starts_with("killed by ") => "killed".to_owned(),
                None => bail!("an end of an unknown kind"),
            };
            self.end = Some((at, how));
        } else if !rest.starts_with("--- ") {
            let mut call = parse_call(at, rest, stack)?;
            let is_same = |it: &mut Call| it.name == call.name && it.was_interrupted();
            if let Some(before) = self.calls.pop_if(is_same) {
                call.at = before.at;
                if call.stack.is_empty() {
                    call.stack = before.stack;
                }
                if call.arguments.len() < before.arguments.len() {
                    call.arguments = before.arguments;
                }
            }
            self.calls.push(call);
        }
        Ok(())
    }
}

fn parse_call(at: Micros, text: &str, stack: Vec<(String, u64)>) -> Result<Call> {
    static CALL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(\w+)\((.*)\) *= (.*?)(?: <([0-9.]+)>)?$"));

    let parts = CALL.captures(text).context("no call with its result")?;
    let took = parts.get(4).map(|took| micros(took.as_str())).transpose()?;
    let end = took.map(|took| at.checked_add(took).context("a time too big"));
    Ok(Call {
        at,
        name: parts[1].to_owned(),
        arguments: split_arguments(&parts[2]),
        result: Some(parts[3].to_owned()),
        end: end.transpose()?,
        stack,
    })
}

/// Splits at the commas on the outermost level.
fn split_arguments(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let arguments = text.split(|c| {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0 && !quoted
    });
    let arguments = arguments.map(str::trim);
    let arguments = arguments.filter(|it| !it.is_empty() && *it != "<unfinished ...>");
    arguments.map(str::to_owned).collect()
}

/// ` > /path/of/program(symbol+0x1f) [0x16226]`
fn parse_frame(line: &str) -> Option<(String, u64)> {
    static FRAME: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^ > (.*?)\(.* \[0x([0-9a-f]+)\]$"));

    let parts = FRAME.captures(line)?;
    Some((parts[1].to_owned(), u64::from_str_radix(&parts[2], 16).ok()?))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is right")
}

fn leading_number(text: &str) -> Option<i32> {
    text.split(' ').next()?.parse().ok()
}

/// `{sa_family=AF_INET, sin_port=htons(6000), sin_addr=inet_addr("127.0.0.1")}`, or AF_INET6's like.
pub fn socket_address(text: &str) -> Option<SocketAddr> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r#"port=htons\((\d+)\).*(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]*)"#)
    });

    let parts = ADDRESS.captures(text)?;
    Some(SocketAddr::new(parts[2].parse().ok()?, parts[1].parse().ok()?))
}

/// The bytes of a quoted string.
pub fn unquote(text: &str) -> Option<Vec<u8>> {
    let (inside, _) = text.strip_prefix('"')?.rsplit_once('"')?;
    // strace escapes each byte that is not ASCII, so each character is a byte.
    let bytes = unescaper::unescape(inside).ok()?;
    bytes.chars().map(|c| u8::try_from(c).ok()).collect()
}

/// An argument as a reader wants it: a socket address as `127.0.0.1:6000`, text as text and not
/// longer than `LONGEST` bytes, and no address in memory, which differs from run to run.
pub fn readable(argument: &str) -> String {
    const LONGEST: usize = 256;
    if let Some(address) = socket_address(argument) {
        return address.to_string();
    }
    if let Some(bytes) = unquote(argument) {
        let (shown, more) = cut(&bytes, LONGEST);
        return format!("{shown:?}{more}").replace("\\'", "'");
    }
    if argument.starts_with("0x") && argument.len() >= 10 {
        return "…".to_owned();
    }
    argument.to_owned()
}

/// Bytes as text, at most so many of them, and `…` if there are more.
pub fn cut(bytes: &[u8], longest: usize) -> (Cow<'_, str>, &'static str) {
    let shown = &bytes[..bytes.len().min(longest)];
    let more = if shown.len() < bytes.len() { "…" } else { "" };
    (String::from_utf8_lossy(shown), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_call_with_its_stack() {
        let thread = parse(concat!(
            "1795503467.930462 recvfrom(4, \"a, \\\"(b\\n\", 100, 0, NULL, NULL) = 8 <0.000012>\n",
            " > /usr/lib/libc.so.6(recv+0x64) [0x10a974]\n",
            " > /tmp/srv(srv::main::{{closure}}+0x1c6) [0x196c6]\n",
            " > unexpected_backtracing_error [0x7f6a04000c70]\n",
        ))
        .unwrap();
        assert_eq!(thread.calls.len(), 1);
        let call = &thread.calls[0];
        assert_eq!(call.at, 1_795_503_467_930_462);
        assert_eq!(call.name, "recvfrom");
        assert_eq!(call.arguments.len(), 6);
        assert_eq!(readable(&call.arguments[0]), "4");
        assert_eq!(readable(&call.arguments[1]), r#""a, \"(b\n""#);
        assert_eq!(call.number(), Some(8));
        assert_eq!(call.descriptor(), Some(4));
        assert_eq!(call.end, Some(1_795_503_467_930_474));
        assert_eq!(call.stack[1], ("/tmp/srv".to_owned(), 0x196c6));
        assert_eq!(call.stack.len(), 2);
    }

    #[test]
    fn reads_an_accepted_address() {
        let thread = parse(
            "1.5 accept4(3, {sa_family=AF_INET, sin_port=htons(46782), sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16], SOCK_CLOEXEC) = 4 <0.959521>",
        )
        .unwrap();
        let call = &thread.calls[0];
        assert_eq!(call.number(), Some(4));
        assert_eq!(call.address(), Some("127.0.0.1:46782".parse().unwrap()));
        let shown: Vec<_> = call.arguments.iter().map(|a| readable(a)).collect();
        assert_eq!(shown.join(", "), "3, 127.0.0.1:46782, [128 => 16], SOCK_CLOEXEC");
    }

    #[test]
    fn an_error_is_no_number() {
        let thread = parse("1.000001 connect(3, {sa_family=AF_INET6, sin6_port=htons(6000), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, 28) = -1 ECONNREFUSED (Connection refused) <0.000050>").unwrap();
        let call = &thread.calls[0];
        assert_eq!(call.number(), None);
        assert_eq!(call.result.as_deref(), Some("-1 ECONNREFUSED (Connection refused)"));
        assert_eq!(call.address(), Some("[::1]:6000".parse().unwrap()));
    }

    #[test]
    fn a_call_that_was_started_again_is_one_call() {
        let thread = parse(concat!(
            "1.000000 accept4(3, 0x7ffd9f63c49c, [128], SOCK_CLOEXEC) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.5>\n",
            " > /tmp/srv(srv::main+0x1ef) [0x193cf]\n",
            "1.600000 --- SIGWINCH {si_signo=SIGWINCH, si_code=SI_USER, si_pid=1, si_uid=0} ---\n",
            "1.700000 accept4(3,  <unfinished ...>) = ?\n",
            "2.000000 +++ killed by SIGKILL +++\n",
        ))
        .unwrap();
        assert_eq!(thread.calls.len(), 1);
        let call = &thread.calls[0];
        assert_eq!(call.at, 1_000_000);
        assert_eq!(call.result, None);
        assert_eq!(call.end, None);
        assert_eq!(call.stack, [("/tmp/srv".to_owned(), 0x193cf)]);
        assert_eq!(readable(&call.arguments[1]), "…");
        assert_eq!(thread.end, Some((2_000_000, "killed".to_owned())));
    }

    #[test]
    fn a_call_that_was_not_started_again_never_returned() {
        let thread = parse("1.0 read(0, 0x7ffd9f63c49c, 8192) = ? ERESTARTSYS (To be restarted) <0.5>\n1.7 +++ killed by SIGKILL +++\n").unwrap();
        let call = &thread.calls[0];
        assert_eq!((call.result.as_ref(), call.end), (None, None));
    }

    #[test]
    fn sees_that_a_call_was_interrupted() {
        let before = "1.0 accept4(3, ";
        let stopped = "0x7ffd9f63c49c, [128], SOCK_CLOEXEC) = ? ERESTARTSYS (To be restarted) <0.5>\n > /tmp/srv(srv::main+0x1ef) [0x193cf]\n";
        assert!(!was_interrupted(before));
        assert!(!was_interrupted(&format!("{before}{stopped}")));
        assert!(was_interrupted(&format!(
            "{before}{stopped}1.6 --- SIGWINCH {{}} ---\n"
        )));
        assert!(was_interrupted(&format!("{before}{stopped}1.6 accept4(3")));
        assert!(was_interrupted("1.5 +++ exited with 0 +++\n"));
    }

    #[test]
    fn reads_how_a_thread_ended() {
        let thread = parse("1795503467.938863 +++ exited with 1 +++\n").unwrap();
        assert_eq!(thread.end, Some((1_795_503_467_938_863, "exit 1".to_owned())));
    }

    #[test]
    fn undoes_the_quoting() {
        let bytes = unquote(r#""h\303\251\0\1 \"\\\t\v""#).unwrap();
        assert_eq!(bytes, b"h\xc3\xa9\0\x01 \"\\\t\x0b");
        assert_eq!(unquote(r#""abc"..."#).unwrap(), b"abc");
        assert_eq!(readable(r#""h\303\251 it's""#), r#""hé it's""#);
    }

    #[test]
    fn what_it_cannot_read_is_an_error() {
        assert!(parse("nonsense").is_err());
        assert!(parse("1.5 read(0, \"abc").is_err());
    }
}
