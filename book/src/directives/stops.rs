//! Stops: questions that a recording asks on the way, before the step that answers them.
//!
//! On a page a stop is a code block of the language `stop SCENARIO EVENT`, in the form of a prediction, or `stop SCENARIO EVENT before EVENT`:
//! then it is asked before the second event, since what comes between would give the answer away. The right answer comes
//! from the recording: the ticked choice has to be it, so a recording with another outcome can't go into the book unseen.

use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

use super::predict::{Question, blocks};
use recorder::recording::{Event, Kind, Recording};

/// A stop as it stands on a page.
pub struct Stop<'a> {
    /// Its bytes in the text: the whole code block.
    pub range: Range<usize>,
    pub scenario: String,
    /// What it asks about: see [`answer`].
    event: String,
    block: &'a str,
}

/// Finds the stops in a Markdown text.
pub fn find(text: &str) -> Vec<Stop<'_>> {
    let stop = |(range, name, block): (_, String, _)| {
        let (scenario, event) = name.split_once(' ').unwrap_or((&name, ""));
        Stop { range, scenario: scenario.to_owned(), event: event.to_owned(), block }
    };
    blocks("stop ", text).into_iter().map(stop).collect()
}

impl Stop<'_> {
    /// How its code block begins.
    pub fn fence(&self) -> String {
        format!("```stop {} {}", self.scenario, self.event)
    }

    /// Asks the question, in HTML. Returns also the event, as an index, before which it is asked.
    pub fn render(&self, recording: &Recording) -> Result<(usize, String)> {
        let (event, before) = match self.event.split_once(" before ") {
            Some((event, before)) => (event, Some(before)),
            None => (&*self.event, None),
        };
        let (mut index, answer) = answer(event, recording)?;
        if let Some(before) = before {
            let (asked, _) = self::answer(before, recording)?;
            let is_earlier = recording.events[asked].t < end(&recording.events[index]);
            ensure!(is_earlier, "`{before}` doesn't come before the end of `{event}`");
            index = asked;
        }
        let question = Question::parse(self.block)?;
        for choice in &question.choices {
            let text = choice.text.replace('`', "");
            let is_answer = text.strip_prefix("the ").unwrap_or(&text) == answer;
            ensure!(
                is_answer == choice.right,
                "in the recording the answer is `{answer}`, but `{text}` is {}",
                if choice.right { "ticked" } else { "not ticked" }
            );
        }
        Ok((index, question.html()))
    }
}

/// When an event is over: a call may wait.
fn end(event: &Event) -> u64 {
    match &event.kind {
        Kind::Call(call) => call.end,
        _ => event.t,
    }
}

/// Finds what a stop asks about, and its answer:
///
/// - `PROGRAM CALL N`: what the program's Nth call of this name on a socket returns: a number, or an error's name
/// - `segment FLAG N`: who sends the Nth segment with this flag
/// - `PROGRAM sends N`: the flags of the Nth segment that the program sends
/// - `PROGRAM state N`: the state to which a socket of the program changes as its Nth
///
/// PROGRAM is a program's name in the scenario or its role; N is 1 if it is left out.
fn answer(event: &str, recording: &Recording) -> Result<(usize, String)> {
    let words: Vec<&str> = event.split_whitespace().collect();
    let (who, what, number) = match *words {
        [who, what] => (who, what, 1),
        [who, what, number] => {
            (who, what, number.parse().context("N has to be a number")?)
        }
        _ => bail!(
            "it needs an event: `PROGRAM CALL N`, `segment FLAG N`, `PROGRAM sends N` or `PROGRAM state N`"
        ),
    };
    let is_who = |id: &str| {
        let program = &recording.programs[recording.program(id)];
        program.id == who || program.role == who
    };
    let of_socket = |id: &str| {
        let socket = &recording.sockets[recording.socket(id)];
        &recording.programs[recording.program(&socket.program)]
    };
    let is_sender = |from: &Option<String>| match from {
        Some(id) => is_who(&of_socket(id).id),
        None => who == "server", // its kernel alone
    };
    let asked = |event: &Event| match (&event.kind, what) {
        (Kind::Call(call), name) if is_who(&call.program) && call.socket.is_some() => {
            let is_call = call.call == name
                || matches!(
                    (name, &*call.call),
                    ("read", "recvfrom") | ("accept", "accept4") | ("write", "sendto")
                );
            let result = call.result.as_deref().filter(|_| is_call)?;
            let error = result.strip_prefix("-1 ").and_then(|it| it.split(' ').next());
            Some(error.unwrap_or(result).to_owned())
        }
        (Kind::Segment(segment), flag) if who == "segment" && segment.has(flag) => Some(
            segment
                .from
                .as_ref()
                .map_or("server".to_owned(), |id| of_socket(id).role.clone()),
        ),
        (Kind::Segment(segment), "sends") if is_sender(&segment.from) => {
            Some(segment.flags.join(", "))
        }
        (Kind::State(state), "state") if is_who(&of_socket(&state.socket).id) => {
            Some(state.to.clone())
        }
        _ => None,
    };
    let events = recording.events.iter().enumerate();
    let mut found = events.filter_map(|(index, event)| Some((index, asked(event)?)));
    let nth: usize = number;
    found
        .nth(nth.checked_sub(1).context("N counts from 1")?)
        .with_context(|| format!("the recording has no event `{event}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a stop about this event of `03_talk` with these choices.
    fn asked(event: &str, right: &str, wrong: &str) -> Result<usize, String> {
        let recording = Recording::read("03_talk", &crate::home());
        let recording = recording.unwrap_or_else(|error| panic!("{error:#}"));
        let page = format!(
            "```stop 03_talk {event}\nWhat?\n\n- [x] {right}\n  So.\n- [ ] {wrong}\n  No.\n```\n"
        );
        let rendered = find(&page)[0].render(&recording);
        rendered.map(|(index, _)| index).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn the_answer_comes_from_the_recording() {
        for (event, right, wrong) in [
            ("server read 1", "`8`", "`7`"),
            ("00_terminal read 3", "0", "1"),
            ("segment FIN 2", "the client", "the server"),
            ("server sends", "`SYN, ACK`", "`RST, ACK`"),
            ("client state 3", "`CLOSE-WAIT`", "`TIME-WAIT`"),
        ] {
            asked(event, right, wrong).unwrap_or_else(|why| panic!("{event}: {why}"));
            let why = asked(event, wrong, right).expect_err("the wrong one is ticked");
            assert!(why.contains("in the recording the answer is"), "{event}: {why}");
        }
        assert!(
            asked("segment FIN 1", "the server", "x")
                < asked("segment FIN 2", "the client", "x")
        );
    }

    #[test]
    fn an_event_that_is_not_in_the_recording_is_refused() {
        for (event, expected) in [
            ("server read 9", "the recording has no event `server read 9`"),
            ("server read 0", "N counts from 1"),
            ("server read x", "N has to be a number"),
            ("server", "it needs an event"),
            ("nobody read", "the recording has no event"),
        ] {
            let why = asked(event, "a", "b").expect_err("it is refused");
            assert!(why.contains(expected), "{why}");
        }
    }
}
