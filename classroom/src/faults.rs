//! The faults that many first servers and clients have, and how an answer gives one away.
//!
//! A fault is named only where the conversation allows no other reading. Where it does, the story says what was seen, and nothing
//! more.

use crate::chapter_05::{GOOD_BYE, WELCOME, hello};

/// A fault that many programs have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What the program does, as one would say it after its name: `decodes bytes as text`.
    pub name: &'static str,
    /// Why that is wrong, and what to do.
    pub advice: &'static str,
}

macro_rules! faults {
    ($($fault:ident: $name:literal, $advice:literal;)*) => {
        $(pub(crate) const $fault: Fault = Fault { name: $name, advice: $advice };)*
    };
}

faults! {
    NEWLINE: "waits for a newline that never comes",
        "As soon as a newline was sent, it went on. But here nothing ends with a newline unless a person typed it:\n\
        what one read returns has to be enough. Does your program read lines?";
    BACKGROUND: "went to the background",
        "The command that was started has ended, and something that it had started serves on.\n\
        Start the server itself, in the foreground: without `&`, without becoming a daemon.";
    ELSEWHERE: "listens on another address than it was given",
        "Let it take its address from the command line: listen on 127.0.0.1 (or on 0.0.0.0, all addresses), and on the port that \
        stands for {port}.";
    NO_ACCEPT: "does not accept the connection",
        "The kernel has made the connection, and it waits in the listener's queue. Call accept, in a loop.";
    NO_LISTENER: "runs, and does not listen any more",
        "Keep the listening socket open for as long as the server runs: accept, serve, and accept again. After fork(), it is the child\n\
        that closes the listener, and the parent that closes the connection.";
    NO_WELCOME: "does not speak first",
        "Here the server begins, with its welcome and the first question, as soon as a client has connected. Has it written them, and\n\
        do they wait in a buffer of the program? Flush it.";
    OTHER_WELCOME: "welcomes in other words",
        "To a client that has come it says `Server: Welcome!` and a newline, then `Server: What's your name?` and nothing after it.";
    RETURNS: "ends its lines with `\\r\\n`",
        "Here a line that is sent ends with `\\n` alone. Some languages put `\\r\\n` there unless a stream is told to be binary.";
    NOT_NOTICED: "does not notice that a client has left",
        "It did not accept the next connection: it is still with the one before. A read that returns no bytes, or an error, is the end\n\
        of a connection: leave the loop then, and accept the next.";
    ENDLESS: "does not look for the end of the stream",
        "The client had finished sending. From then on each read returns no bytes at once (0, b'', null, EOF): that is the end,\n\
        and not an empty name. Leave the loop, and close the connection.";
    SLEEPS: "sleeps before it answers",
        "Whenever a name had been sent, it was in a sleep. Nothing has to be waited for: what has come is answered at once.";
    NOT_CLOSED_AT_END: "does not close the connection at the end of the stream",
        "The client had finished sending: a read returns no bytes then (0, b'', null, EOF). Leave the loop when it does, and close\n\
        the socket, in every process that has it open.";
    NOT_CLOSED: "does not close the connection after `exit`",
        "The client waits for the end of the stream. Close the socket after the last words, in every process that has it open.";
    ONE_NAME: "closes the connection after one name",
        "It asked for another name, and had gone when that came. Receive and answer in a loop, until `exit` or the end of the \
        stream.";
    STOPS: "stops serving when a client has left",
        "A server goes on with the next accept when a client leaves, be it with `exit`, without a word or by a reset.\n\
        An error of one connection ends that connection alone.";
    EMPTY_IS_END: "takes an empty line for the end of the stream",
        "Someone has pressed Enter and nothing else. The end is a read that returns no bytes at all; look for that before you take off\n\
        white space.";
    ONE_AT_A_TIME: "serves one client at a time",
        "The second client was welcomed only after the first had left. Give each connection a thread (or a process, or a task) \
        of its own,\nand go back to accept at once.";
    FEW_AT_A_TIME: "serves only a few clients at a time",
        "The next client was welcomed only after others had left. Are there too few threads in its pool? A client that is silent\n\
        keeps its thread busy.";
    NO_REUSE: "could not be started again on the port that it had just used",
        "The side that closes a connection first keeps its port in TIME-WAIT for a minute or so.\n\
        Set SO_REUSEADDR on the listening socket before bind, and the port is yours again at once.";
    TWO_WRITES: "sent a turn in two pieces",
        "Two small writes and then a read is the slow pattern: the kernel holds the second write until the first\n\
        is acknowledged, and the other side is in no hurry to. Send both with one call.";
    NEWLINE_IN_NAME: "takes the line's end for a part of the name",
        "Someone who types a name presses Enter, and a newline comes with it. Take it off before you use the name, and nothing else.";
    RETURN_IN_NAME: "takes off the `\\n` of a line, and leaves the `\\r`",
        "Some terminals end a line with `\\r\\n`. Take off both before you use the name.";
    EXIT_AT_A_TERMINAL: "knows `exit` only without a newline",
        "Take the newline off before you look whether the line is `exit`.";
    EMPTY_NAME: "greets an empty line",
        "Someone has pressed Enter and nothing else. Ask again, without a greeting.";
    SPACES: "removes spaces that belong to the name",
        "Only the end of a line is no part of it: one `\\n` or `\\r\\n`. strip() and trim() take off all white space, on both sides;\n\
        take off just these bytes, for the greeting and for the comparison with `exit`.";
    CASE: "changes upper and lower case",
        "A name is given back as it came, byte by byte, and only `exit` in small letters is the end.";
    FIRST_WORD: "takes only the first word of a line",
        "Spaces belong to the name. scanf(\"%s\"), split() and their like stop at the first; take the whole line.";
    PART_OF_LINE: "takes a line for `exit` if it only contains it",
        "Compare the whole line: it is `exit` and nothing else, or it is a name.";
    ZERO_ENDS: "ends a name at a zero byte",
        "What came are bytes, as many as recv says, and a zero may be one of them. strlen, strcpy and \"%s\" stop at the first:\n\
        use the count.";
    ZEROS: "sends zero bytes after its words",
        "It sends more of its buffer than it has filled. Send as many bytes as the text has: strlen(text), not sizeof buffer.";
    LINE_AFTER_QUESTION: "sends a newline after the question",
        "The question ends with its `?`. println and puts add a newline: use a call that doesn't.";
    ONE_READ_ONE_NAME: "takes what one read returns for one name",
        "Several lines may come with one read: the stream keeps no borders between what was sent. Look for the newlines in what\n\
        has come, and answer each line.";
    FIRST_LINE: "answers only the first line of what one read returns",
        "Several lines may come with one read. The others were lost: keep what comes after the first newline, and answer that too.";
    TEXT: "decodes bytes as text",
        "What comes from a socket are bytes, in any encoding or none, and a character may come in two pieces. Leave them bytes:\n\
        compare them with bytes, and give them on as they are.";
    NO_CONNECT: "did not connect",
        "It was to connect to the address that it was given as soon as it was started.";
    CONNECTS_ELSEWHERE: "connects to another address than it was given",
        "Take host and port from the command line, as they stand for {host} and {port}.";
    SPEAKS_FIRST: "speaks before it has been asked",
        "Nobody had asked for this. Receive until what has come ends with the question, and only then send one name.";
    EARLY: "spoke before it was asked",
        "Keep what has come, and answer when all of it ends with the question: `Server: What's your name?`.";
    ONE_READ: "takes what one read returns for the whole question",
        "It answered the first piece of what was sent. One send may come as several reads: keep what has come, and answer when all of it\n\
        ends with the question.";
    ONE_LINE: "takes a line for the whole question",
        "It answered at the end of a line. Keep what has come, and answer when all of it ends with the question, which no newline \
        follows.";
    CLOCK: "trusts the clock",
        "It took what had been sent, waited, and spoke although nothing more had come. No pause is long enough:\n\
        receive until what has come ends with the question.";
    OTHER_QUESTION: "takes another question for the question",
        "Answer only when what has come ends with `Server: What's your name?`, all of it.";
    NAME_AND_NEWLINE: "sends a newline after the name",
        "Names are sent without one: the next answer would be for an empty line. println and puts add it; use a call that doesn't.";
    LEAVES_EARLY: "closes before it has read everything",
        "The server's last words come after the last name: receive, and print, until the end of the stream.";
    NO_INPUT: "reads from its standard input",
        "Nobody types here: its standard input is empty. What it has to say stands in its code, or on its command line.";
    SLEEPS_AT_THE_END: "sleeps although the stream has ended",
        "The server has closed, and each read returns no bytes at once: leave the loop then. There is nothing to be slept for: recv\n\
        waits by itself, for exactly as long as it takes.";
    ENDLESS_CLIENT: "does not end at the end of the stream",
        "The server has closed: each read returns no bytes at once (0, b'', null, EOF). That is the end, however much there was left \
        to say.\nLeave the loop then.";
}

/// A line without its end.
fn stripped(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether this is what a server of chapter 5's talk says, which asks for names. Other servers have other faults.
fn is_of_the_talk(expected: &[u8]) -> bool {
    expected.starts_with(b"Server: ")
}

/// The name that an answer gives back, if it greets: all up to what follows a name, or up to its own end.
fn greeted(answer: &[u8]) -> Option<&[u8]> {
    let rest = answer.strip_prefix(b"Server: Hello ")?;
    let after = b"!\nServer: ";
    let end = rest.windows(after.len()).position(|it| it == after);
    Some(&rest[..end.unwrap_or(rest.len())])
}

/// The fault of a server that gave this answer to what was sent, where `expected` was right: if the answer is the one that such a
/// server gives, and no other.
pub(crate) fn of_answer(sent: &[u8], expected: &[u8], answer: &[u8]) -> Option<Fault> {
    if answer.starts_with(b"\n") || answer.starts_with(b"\r\n") {
        return is_of_the_talk(expected).then_some(LINE_AFTER_QUESTION);
    }
    let more = answer.strip_prefix(expected).unwrap_or(answer);
    if more.starts_with(b"\0\0") && !expected.starts_with(b"\0") {
        return Some(ZEROS);
    }
    if expected == WELCOME.as_bytes() {
        return Some(of_welcome(answer));
    }
    let line = stripped(sent);
    if answer.starts_with(GOOD_BYE.as_bytes()) {
        return taken_for_exit(line);
    }
    let name = greeted(answer)?;
    if name == line {
        return match line {
            b"" => Some(EMPTY_NAME),
            b"exit" => Some(EXIT_AT_A_TERMINAL),
            line => line.contains(&b'\n').then_some(ONE_READ_ONE_NAME),
        };
    }
    // Of several lines, the answer begins with what it made of the first, or of all of them.
    if let Some(end) = line.iter().position(|&byte| byte == b'\n') {
        return match name.starts_with(&line[..=end]) {
            true => Some(ONE_READ_ONE_NAME),
            false => of_name(stripped(&line[..=end]), name),
        };
    }
    let ends = [&b"\r\n"[..], b"\n"].into_iter().find(|end| sent.ends_with(end));
    if let Some(end) = ends {
        if name == [line, end].concat() {
            return Some(NEWLINE_IN_NAME);
        }
        if name == [line, b"\r"].concat() {
            return Some(RETURN_IN_NAME);
        }
    }
    of_name(line, name)
}

/// The fault of a server that welcomes like this.
fn of_welcome(words: &[u8]) -> Fault {
    if words.starts_with(b"Server: Welcome!\r\n") { RETURNS } else { OTHER_WELCOME }
}

/// The fault of a server that let a client go at this line.
fn taken_for_exit(line: &[u8]) -> Option<Fault> {
    match line {
        b"exit" => None,
        line if line.trim_ascii() == b"exit" => Some(SPACES),
        line if line.eq_ignore_ascii_case(b"exit") => Some(CASE),
        line => line.windows(4).any(|it| it == b"exit").then_some(PART_OF_LINE),
    }
}

/// The fault of a server that made this name of a line.
fn of_name(line: &[u8], name: &[u8]) -> Option<Fault> {
    if name == line {
        return None;
    }
    let trimmed = [line.trim_ascii(), line.trim_ascii_start(), line.trim_ascii_end()];
    if trimmed.contains(&name) {
        return Some(SPACES);
    }
    if name.eq_ignore_ascii_case(line) {
        return Some(CASE);
    }
    let word = line.trim_ascii_start().split(u8::is_ascii_whitespace).next();
    if word == Some(name) && !name.is_empty() {
        return Some(FIRST_WORD);
    }
    let until_zero = line.split(|&byte| byte == 0).next();
    if line.contains(&0) && until_zero == Some(name) {
        return Some(ZERO_ENDS);
    }
    is_of_text(line, name).then_some(TEXT)
}

/// Whether decoding as text makes `given` of bytes that are not ASCII: with marks in place of what is no text, without it, or
/// each byte taken for a character.
fn is_of_text(bytes: &[u8], given: &[u8]) -> bool {
    if bytes.is_ascii() {
        return false;
    }
    let as_characters: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    let without: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii).collect();
    let marked = |mark: &[u8]| given.windows(mark.len()).any(|it| it == mark);
    given == as_characters.as_bytes()
        || given == without
        || marked("\u{fffd}".as_bytes())
        || marked(b"?")
}

/// The fault of a server that gave the right answer to the first of several lines, and none to the others.
pub(crate) fn of_silence(sent: &[u8], received: &[u8]) -> Option<Fault> {
    let end = stripped(sent).iter().position(|&byte| byte == b'\n')?;
    (received == hello(stripped(&sent[..=end]))).then_some(FIRST_LINE)
}

/// The fault of a server that had answered so many names, and closed the connection when this was sent, where `expected` was right.
pub(crate) fn of_end(sent: &[u8], expected: &[u8], answered: usize) -> Option<Fault> {
    let line = stripped(sent);
    match answered {
        0 => None,
        _ if !is_of_the_talk(expected) => None,
        1 => is_plain(line).then_some(ONE_NAME),
        _ if str::from_utf8(line).is_err() => Some(TEXT),
        _ => line.is_empty().then_some(EMPTY_IS_END),
    }
}

/// Whether there is nothing about this name that could be a reason to close: neither `exit` nor anything but letters and spaces.
fn is_plain(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_lowercase();
    let plain = |c: char| c.is_alphabetic() || c == ' ' || c == '\t';
    !name.trim().is_empty() && name.chars().all(plain) && !name.contains("exit")
}

/// The fault of a program that has gone down with this error, when this was sent to it.
pub(crate) fn of_crash(error: &str, sent: &[u8]) -> Option<Fault> {
    let has = |words: &[&str]| words.iter().any(|word| error.contains(word));
    if !sent.is_ascii() && has(&["Unicode", "UTF-8", "utf-8", "utf8", "MalformedInput"]) {
        return Some(TEXT);
    }
    has(&["EOFError", "NoSuchElementException: No line"]).then_some(NO_INPUT)
}

/// The fault of a client that spoke when these pieces had been sent, the last of them just before. It had been silent with each of
/// the others, and `waited` says whether it had waited for nothing but more then.
pub(crate) fn of_early_words(pieces: &[&[u8]], waited: bool) -> Fault {
    match pieces {
        [first] if !first.contains(&b'\n') && !first.contains(&b'?') => ONE_READ,
        [_, .., last] if waited && last.ends_with(b"?") => OTHER_QUESTION,
        [_, .., last] if waited && last.contains(&b'\n') => ONE_LINE,
        _ => EARLY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(sent: &[u8], answer: &[u8]) -> Option<Fault> {
        of_answer(sent, &hello(stripped(sent)), answer)
    }

    #[test]
    fn an_answer_gives_the_fault_away() {
        let faults = [
            (&b" Mr Right "[..], hello("Mr Right"), SPACES),
            (b"\tMichael", hello("Michael"), SPACES),
            (b" Mr Right ", hello("Mr"), FIRST_WORD),
            (b"Michael", hello("MICHAEL"), CASE),
            (b"Michael\n", hello("Michael\n"), NEWLINE_IN_NAME),
            (b"Michael\r\n", hello("Michael\r\n"), NEWLINE_IN_NAME),
            (b"exit\n", hello("exit\n"), NEWLINE_IN_NAME),
            (b"Michael\r\n", hello("Michael\r"), RETURN_IN_NAME),
            (b"exit\n", hello("exit"), EXIT_AT_A_TERMINAL),
            (b"\n", hello(""), EMPTY_NAME),
            (b"exit stage left", GOOD_BYE.into(), PART_OF_LINE),
            (b"brexit", GOOD_BYE.into(), PART_OF_LINE),
            (b"exit ", GOOD_BYE.into(), SPACES),
            (b"Exit", GOOD_BYE.into(), CASE),
            (b"Ann\nBob\n", hello("Ann\nBob\n"), ONE_READ_ONE_NAME),
            (b"Ann\nBob\n", hello("Ann\nBob"), ONE_READ_ONE_NAME),
            (b" Ann\nBob\n", [hello("Ann"), hello("Bob")].concat(), SPACES),
            (b"a\0b", hello("a"), ZERO_ENDS),
            (b"\xff\xfe", hello("\u{fffd}\u{fffd}"), TEXT),
            (b"\xff\xfe", hello("\u{ff}\u{fe}"), TEXT),
            (b"\xff\xfe", hello("??"), TEXT),
            (b"\xff\xfe", hello(""), TEXT),
            (b"Michael", b"\nServer: Hello Michael!\n".to_vec(), LINE_AFTER_QUESTION),
            (b"Michael", vec![0; 20], ZEROS),
        ];
        for (sent, answer, fault) in faults {
            assert_eq!(named(sent, &answer), Some(fault), "{}", sent.escape_ascii());
        }
    }

    #[test]
    fn a_welcome_gives_the_fault_away() {
        let named = |words: &[u8]| of_answer(b"", WELCOME.as_bytes(), words);
        assert_eq!(named(b"Server: Welcome!\r\n"), Some(RETURNS));
        assert_eq!(named(b"Welcome!\n"), Some(OTHER_WELCOME));
    }

    #[test]
    fn what_may_have_other_reasons_has_no_name() {
        for (sent, answer) in [
            (&b"Michael"[..], &b"Hello Michael!\n"[..]),
            (b"Michael", b"Server: Hello Mike!\nServer: What's your name?"),
            (b"Michael", b"Server: Good bye!\n"),
            (b"Ann\nbob\n", &[hello("Ann"), hello("Bob")].concat()),
            (b"Michael", b"Michael"),
            (b" exit", b"Server: Welcome!\n"),
            (b"\xff\xfe", b"Server: Welcome!\n"),
        ] {
            assert_eq!(named(sent, answer), None, "{}", sent.escape_ascii());
        }
    }

    /// An echo server asks for no names.
    #[test]
    fn a_server_of_another_talk_is_not_told_of_this_one() {
        assert_eq!(of_end(b"Tracy", &hello("Tracy"), 1), Some(ONE_NAME));
        assert_eq!(of_end(b"Tracy", b"Tracy", 1), None);
        assert_eq!(of_answer(b"Tracy", b"Tracy", b"\nTracy"), None);
    }

    #[test]
    fn words_that_come_too_early_give_the_fault_away() {
        assert_eq!(of_early_words(&[b"S"], true), ONE_READ);
        assert_eq!(of_early_words(&[b"S", b"erver\n"], true), ONE_LINE);
        assert_eq!(of_early_words(&[b"Welcome!", b" Well?"], true), OTHER_QUESTION);
        // One read, or one line; one read, or another question; perhaps a pause that is over.
        for (pieces, waited) in [
            (&[&b"Server: Welcome!\n"[..]][..], true),
            (&[b"How are you?"], true),
            (&[b"S", b"erver"], true),
            (&[b"S", b"erver\n"], false),
        ] {
            assert_eq!(of_early_words(pieces, waited), EARLY);
        }
    }
}
