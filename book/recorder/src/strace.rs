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

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};

use crate::{Micros, micros};

/// One line of the file, with the stack below it.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub at: Micros,
    pub what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub enum What {
    Call(Call),
    Signal,
    /// The thread ended: `exit 0`, or `killed`.
    End(String),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Call {
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
        let result = self.result.as_deref()?;
        leading_number(result).filter(|number| *number >= 0)
    }

    /// The descriptor that the call is about, its first argument.
    pub fn descriptor(&self) -> Option<i32> {
        leading_number(self.arguments.first()?)
    }

    /// The socket address among the arguments, if there is one.
    pub fn address(&self) -> Option<SocketAddr> {
        self.arguments.iter().find_map(|argument| socket_address(argument))
    }
}

/// Reads the whole file of one thread.
///
/// A call that a signal interrupted and the kernel then started again counts as one call.
pub fn parse(text: &str) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        if let Some(frame) = line.strip_prefix(" > ") {
            if let (Some(frame), Some(Entry { what: What::Call(call), .. })) =
                (parse_frame(frame), entries.last_mut())
            {
                call.stack.push(frame);
            }
        } else if !line.is_empty() {
            let entry =
                parse_line(line).with_context(|| format!("strace wrote {line:?}"))?;
            entries.push(entry);
        }
    }
    Ok(join_restarted(entries))
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

fn parse_line(line: &str) -> Result<Entry> {
    let (at, rest) = line.split_once(' ').context("no time")?;
    let at = micros(at)?;
    let what = if let Some(end) = rest.strip_prefix("+++ ") {
        What::End(match end.strip_prefix("exited with ") {
            Some(status) => format!("exit {}", status.trim_end_matches(" +++")),
            None if end.starts_with("killed by ") => "killed".to_owned(),
            None => bail!("an end of an unknown kind"),
        })
    } else if rest.starts_with("--- ") {
        What::Signal
    } else {
        What::Call(parse_call(at, rest)?)
    };
    Ok(Entry { at, what })
}

fn parse_call(at: Micros, text: &str) -> Result<Call> {
    let (name, rest) = text.split_once('(').context("no call")?;
    let (arguments, rest) = split_arguments(rest)?;
    let rest = rest.trim_start().strip_prefix("= ").context("no result")?;
    let (result, end) =
        match rest.strip_suffix('>').and_then(|rest| rest.rsplit_once(" <")) {
            Some((result, took)) => {
                let end = at.checked_add(micros(took)?).context("a time too big")?;
                (result, Some(end))
            }
            None => (rest, None),
        };
    let result = result.trim_end();
    Ok(Call {
        name: name.to_owned(),
        arguments,
        result: (result != "?").then(|| result.to_owned()),
        end,
        stack: Vec::new(),
    })
}

/// Splits at the commas on the outermost level, up to the closing parenthesis; what follows that is handed back.
fn split_arguments(text: &str) -> Result<(Vec<String>, &str)> {
    let mut arguments = Vec::new();
    let mut current = String::new();
    let mut depth = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                current.push(c);
                while let Some((_, c)) = chars.next() {
                    current.push(c);
                    match c {
                        '\\' => current.extend(chars.next().map(|(_, escaped)| escaped)),
                        '"' => break,
                        _ => {}
                    }
                }
                continue;
            }
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                push_argument(&mut arguments, &current);
                return Ok((arguments, &text[at + 1..]));
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                push_argument(&mut arguments, &current);
                current.clear();
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    bail!("no closing parenthesis")
}

fn push_argument(arguments: &mut Vec<String>, text: &str) {
    let text = text.trim();
    if !text.is_empty() && text != "<unfinished ...>" {
        arguments.push(text.to_owned());
    }
}

/// `/path/of/program(symbol+0x1f) [0x16226]`
fn parse_frame(text: &str) -> Option<(String, u64)> {
    let (place, address) = text.strip_suffix(']')?.rsplit_once(" [0x")?;
    let path = place.split_once('(')?.0;
    Some((path.to_owned(), u64::from_str_radix(address, 16).ok()?))
}

fn join_restarted(entries: Vec<Entry>) -> Vec<Entry> {
    let mut joined: Vec<Entry> = Vec::new();
    for mut entry in entries {
        if let What::Call(call) = &mut entry.what {
            let interrupted =
                joined.iter().rposition(|e| matches!(e.what, What::Call(_)));
            if let Some(index) = interrupted
                && let What::Call(before) = &mut joined[index].what
                && before.name == call.name
                && before.result.as_deref().is_some_and(|r| r.starts_with("? ERESTART"))
            {
                if call.stack.is_empty() {
                    call.stack = std::mem::take(&mut before.stack);
                }
                if call.arguments.len() < before.arguments.len() {
                    call.arguments = std::mem::take(&mut before.arguments);
                }
                entry.at = joined[index].at;
                joined.remove(index);
            }
        }
        joined.push(entry);
    }
    // What is left was interrupted by its end.
    for entry in &mut joined {
        if let What::Call(call) = &mut entry.what
            && call.result.as_deref().is_some_and(|result| result.starts_with('?'))
        {
            call.result = None;
            call.end = None;
        }
    }
    joined
}

fn leading_number(text: &str) -> Option<i32> {
    let text = text.split(' ').next()?;
    match text.strip_prefix("0x") {
        Some(hexadecimal) => i32::from_str_radix(hexadecimal, 16).ok(),
        None => text.parse().ok(),
    }
}

/// `{sa_family=AF_INET, sin_port=htons(6000), sin_addr=inet_addr("127.0.0.1")}`, or AF_INET6's like.
pub fn socket_address(text: &str) -> Option<SocketAddr> {
    let between = |start: &str, end: char| {
        let rest = text.split_once(start)?.1;
        Some(rest.split_once(end)?.0)
    };
    let port = between("port=htons(", ')')?.parse().ok()?;
    let host = between("inet_addr(\"", '"')
        .or_else(|| between("inet_pton(AF_INET6, \"", '"'))?
        .parse()
        .ok()?;
    Some(SocketAddr::new(host, port))
}

/// The bytes of a quoted string, and whether strace cut it.
pub fn unquote(text: &str) -> Option<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let mut rest = text.strip_prefix('"')?.bytes().peekable();
    loop {
        match rest.next()? {
            b'"' => break,
            b'\\' => bytes.push(match rest.next()? {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'v' => 0x0b,
                b'f' => 0x0c,
                digit @ b'0'..=b'7' => {
                    let mut value = u32::from(digit - b'0');
                    for _ in 0..2 {
                        let Some(digit) = rest.next_if(|b| (b'0'..=b'7').contains(b))
                        else {
                            break;
                        };
                        value = value * 8 + u32::from(digit - b'0');
                    }
                    u8::try_from(value).ok()?
                }
                other => other,
            }),
            byte => bytes.push(byte),
        }
    }
    Some((bytes, rest.next() == Some(b'.')))
}

/// An argument as a reader wants it: a socket address as `127.0.0.1:6000`, text as text and not
/// longer than `LONGEST` bytes, and no address in memory, which differs from run to run.
pub fn readable(argument: &str) -> String {
    const LONGEST: usize = 256;
    if let Some(address) = socket_address(argument) {
        return address.to_string();
    }
    if let Some((bytes, cut)) = unquote(argument) {
        let shown = &bytes[..bytes.len().min(LONGEST)];
        let more = if cut || shown.len() < bytes.len() { "…" } else { "" };
        return format!("{}{more}", quote(shown));
    }
    if argument.starts_with("0x") && argument.len() >= 10 {
        return "…".to_owned();
    }
    match argument.split_once('<') {
        Some((number, _)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            number.to_owned()
        }
        _ => argument.to_owned(),
    }
}

/// Text in quotes, with `\n` for a line's end and the like, and other scripts left as they are.
pub fn quote(bytes: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(bytes)).replace("\\'", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(entry: &Entry) -> &Call {
        match &entry.what {
            What::Call(call) => call,
            other => panic!("{other:?} is no call"),
        }
    }

    #[test]
    fn reads_a_call_with_its_stack() {
        let entries = parse(concat!(
            "1795503467.930462 recvfrom(4, \"a, \\\"(b\\n\", 100, 0, NULL, NULL) = 8 <0.000012>\n",
            " > /usr/lib/libc.so.6(recv+0x64) [0x10a974]\n",
            " > /tmp/srv(srv::main::{{closure}}+0x1c6) [0x196c6]\n",
            " > unexpected_backtracing_error [0x7f6a04000c70]\n",
        ))
        .unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].at, 1_795_503_467_930_462);
        let call = call(&entries[0]);
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
        let entries = parse(
            "1.5 accept4(3, {sa_family=AF_INET, sin_port=htons(46782), sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16], SOCK_CLOEXEC) = 4 <0.959521>",
        )
        .unwrap();
        let call = call(&entries[0]);
        assert_eq!(call.number(), Some(4));
        assert_eq!(call.address(), Some("127.0.0.1:46782".parse().unwrap()));
        let shown: Vec<_> = call.arguments.iter().map(|a| readable(a)).collect();
        assert_eq!(shown.join(", "), "3, 127.0.0.1:46782, [128 => 16], SOCK_CLOEXEC");
    }

    #[test]
    fn an_error_is_no_number() {
        let entries = parse("1.000001 connect(3, {sa_family=AF_INET6, sin6_port=htons(6000), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, 28) = -1 ECONNREFUSED (Connection refused) <0.000050>").unwrap();
        let call = call(&entries[0]);
        assert_eq!(call.number(), None);
        assert_eq!(call.result.as_deref(), Some("-1 ECONNREFUSED (Connection refused)"));
        assert_eq!(call.address(), Some("[::1]:6000".parse().unwrap()));
    }

    #[test]
    fn a_call_that_was_started_again_is_one_call() {
        let entries = parse(concat!(
            "1.000000 accept4(3, 0x7ffd9f63c49c, [128], SOCK_CLOEXEC) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.5>\n",
            " > /tmp/srv(srv::main+0x1ef) [0x193cf]\n",
            "1.600000 --- SIGWINCH {si_signo=SIGWINCH, si_code=SI_USER, si_pid=1, si_uid=0} ---\n",
            "1.700000 accept4(3,  <unfinished ...>) = ?\n",
            "2.000000 +++ killed by SIGKILL +++\n",
        ))
        .unwrap();
        assert_eq!(entries.len(), 3);
        assert_eq!(entries[0].what, What::Signal);
        assert_eq!(entries[1].at, 1_000_000);
        let call = call(&entries[1]);
        assert_eq!(call.result, None);
        assert_eq!(call.end, None);
        assert_eq!(call.stack, [("/tmp/srv".to_owned(), 0x193cf)]);
        assert_eq!(readable(&call.arguments[1]), "…");
        assert_eq!(entries[2].what, What::End("killed".to_owned()));
    }

    #[test]
    fn a_call_that_was_not_started_again_never_returned() {
        let entries = parse("1.0 read(0, 0x7ffd9f63c49c, 8192) = ? ERESTARTSYS (To be restarted) <0.5>\n1.7 +++ killed by SIGKILL +++\n").unwrap();
        let call = call(&entries[0]);
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
        let entries = parse("1795503467.938863 +++ exited with 1 +++\n").unwrap();
        assert_eq!(entries[0].what, What::End("exit 1".to_owned()));
    }

    #[test]
    fn undoes_the_quoting() {
        let (bytes, cut) = unquote(r#""h\303\251\0\1 \"\\\t""#).unwrap();
        assert_eq!(bytes, b"h\xc3\xa9\0\x01 \"\\\t");
        assert!(!cut);
        assert!(unquote(r#""abc"..."#).unwrap().1);
        assert_eq!(readable(r#""h\303\251 it's""#), r#""hé it's""#);
    }

    #[test]
    fn what_it_cannot_read_is_an_error() {
        assert!(parse("nonsense").is_err());
        assert!(parse("1.5 read(0, \"abc").is_err());
    }
}
