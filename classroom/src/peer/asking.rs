//! Questions that come in pieces, and silences: what finds out a program that answers before it has been asked.

use super::{Peer, Received, shown};
use crate::faults::{self, Fault};
use crate::limit::{limit, seconds, within};
use crate::story::{Outcome, compared, quoted};
use std::time::{Duration, Instant};

/// Nobody who sleeps until all has come sleeps for so short a time.
const SHORT: Duration = Duration::from_millis(20);

impl Peer {
    /// Sends these words and hears the answer. Then it says nothing, for longer than any time limit of the other side: one that
    /// takes a silence for the end is found out by what comes next.
    ///
    /// A side that waits without a time limit is not made to wait. The limit of one that has one is shortened, where the system
    /// lets the grader do so. Otherwise the silence is longer than anything may take.
    pub fn falls_silent_after(
        &mut self,
        words: &[u8],
        answer: impl AsRef<[u8]>,
    ) -> Outcome {
        self.until_at_rest();
        // A shortened limit begins to count with the next `recv`.
        let limit = self.student.hurry();
        self.send(words)?;
        self.expect(answer)?;
        self.until_it_waits();
        self.step(&match limit {
            Some(limit) => {
                format!(
                    "said nothing for longer than your time limit of {}",
                    seconds(limit)
                )
            }
            None => "said nothing for a while".to_owned(),
        });
        Ok(())
    }

    /// Sends a message in two pieces, with a silence between them that is longer than any time limit of the other side. One that
    /// takes a silence for the end is found out. As for time limits, see [`Peer::falls_silent_after`].
    pub fn send_with_a_silence(&mut self, first: &[u8], rest: &[u8]) -> Outcome {
        let (begin, end) = first.split_at(first.len() / 2);
        let before = self.student.log.place();
        self.step(&format!("sent {}", quoted(first)));
        self.write(begin)?;
        self.until_at_rest();
        let limit = self.student.hurry();
        // A shortened limit begins to count with the next `recv`.
        self.write(end)?;
        self.until_it_waits();
        if let Some(limit) = limit {
            self.student.log.back_to(before);
            self.step(&format!("sent {}", quoted(first)));
            let limit = seconds(limit);
            self.step(&format!(
                "said nothing for longer than your time limit of {limit}"
            ));
        } else {
            self.step("said nothing for a while");
        }
        if self.student.ended() {
            let advice = "The server had not finished: it was only silent for a while.";
            return Err(self.fails("did not wait for the end", advice, None));
        }
        self.step(&format!("sent {}", quoted(rest)));
        self.write(rest)
    }

    /// Waits until the other side has taken what was sent and waits for more, or has spoken or ended.
    fn until_it_waits(&self) {
        self.student.until_it_waits(&self.stream, || self.has_come());
    }

    /// Says nothing until the other side waits: that must not speak first. One that waits with a time limit is not made to wait that
    /// long: it may rightly give up.
    pub(crate) fn is_not_spoken_to(&mut self) -> Outcome {
        let waits = || self.has_come() || self.student.has_limit();
        self.student.until_it_waits(&self.stream, waits);
        self.is_silent(faults::SPEAKS_FIRST)
    }

    /// Asks a question in pieces, like [`Peer::send_in_pieces`]. The other side must not answer before it is whole.
    pub(crate) fn ask_in_pieces(&mut self, pieces: &[&[u8]]) -> Outcome {
        self.ask(pieces, false)
    }

    /// Asks a question, and holds its last byte back until the other side waits for it, however long that takes: one that trusts the
    /// clock speaks before.
    pub(crate) fn ask_held_back(&mut self, question: &[u8]) -> Outcome {
        let (most, last) = question.split_at(question.len().saturating_sub(1));
        let (first, rest) = most.split_at(most.len().min(1));
        self.ask(&[first, rest, last], true)
    }

    fn ask(&mut self, pieces: &[&[u8]], held_back: bool) -> Outcome {
        let before = self.student.log.place();
        self.sent.clear();
        self.student.until_at_rest(&self.stream);
        if !self.has_spoken {
            self.is_silent(faults::SPEAKS_FIRST)?;
        }
        // Whether it has waited for nothing but more, after each piece so far, and whether it has been in a sleep.
        let (mut waited, mut slept) = (true, self.student.sleeps());
        for number in 1..=pieces.len() {
            let (sent, rest) = pieces.split_at(number);
            self.student.log.back_to(before);
            self.step(&format!("sent {}", shown(sent)));
            let (start, blocked) = (Instant::now(), self.student.times_blocked());
            self.write(sent[number - 1])?;
            if rest.is_empty() {
                break;
            }
            let rested = self.student.until_at_rest(&self.stream);
            // Asked before looking for words: what it says after a sleep, and while the grader is about to look, counts as that.
            slept |= self.student.sleeps();
            let waits = self.student.waits_without_limit();
            let early = match faults::of_early_words(sent, waited) {
                _ if slept => faults::CLOCK,
                fault => fault,
            };
            self.is_silent_or(|peer, found| match early {
                faults::ONE_READ if found - start > SHORT => peer.of_first_words(blocked),
                fault => fault,
            })?;
            waited &= waits;
            if held_back && rest.len() == 1 {
                self.until_it_waits();
                self.is_silent(if rested || slept {
                    faults::CLOCK
                } else {
                    faults::EARLY
                })?;
            }
        }
        Ok(())
    }

    /// Fails with this fault if the other side has spoken.
    fn is_silent(&mut self, fault: Fault) -> Outcome {
        self.is_silent_or(|_, _| fault)
    }

    /// Fails if the other side has spoken, with a fault that is asked for when it has. `fault` is given the time when that was found.
    fn is_silent_or(
        &mut self,
        fault: impl FnOnce(&mut Self, Instant) -> Fault,
    ) -> Outcome {
        if !self.has_come() {
            return Ok(());
        }
        let found = Instant::now();
        let mut received = Vec::new();
        self.read_soon(&mut received, 200);
        let remark = "too early: the question has not come yet";
        let ending = compared(b"", &received, remark);
        let fault = fault(self, found);
        Err(self.said("", &ending).common(Some(fault)))
    }

    /// The fault of a side that has spoken when one piece had come, before which its threads had been blocked so often. It may have
    /// taken what one read returned; or it may have slept, and the grader, on a busy machine, looked too late to see it.
    fn of_first_words(&mut self, blocked: Option<u64>) -> Fault {
        // Without a sleep it is blocked once, in its next read.
        let rests = self.student.until_at_rest(&self.stream);
        if let (Some(before), Some(now)) = (blocked, self.student.times_blocked())
            && rests
            && now <= before + 1
        {
            return faults::ONE_READ;
        }
        // With several threads, they may have been blocked by each other. What it does with the next bytes may tell.
        let mut is_found_asleep = || {
            let (mut sleeps, sent) = (false, self.write(b"S").is_ok());
            within(limit(), || {
                sleeps |= self.student.sleeps();
                sleeps || !sent || self.has_come()
            });
            self.read_soon(&mut Vec::new(), 200);
            sleeps
        };
        match (0..3).any(|_| is_found_asleep()) {
            true => faults::CLOCK,
            false => faults::EARLY,
        }
    }

    /// Whether these bytes come within the time limit.
    pub(crate) fn hears(&mut self, expected: &[u8]) -> bool {
        let mut received = Vec::new();
        let until = Instant::now() + limit();
        let most = expected.len();
        while received.len() < most
            && matches!(self.read(&mut received, most, until), Received::Bytes)
        {}
        received == expected
    }

    /// Sends a message, and looks what the other side is doing until the answer comes: whether it was in a sleep.
    pub(crate) fn finds_it_asleep(&mut self, message: &[u8], answer: &[u8]) -> bool {
        let sent = self.write(message).is_ok();
        within(limit(), || self.has_come() || self.student.sleeps());
        let sleeps = !self.has_come();
        self.hears(answer) && sent && sleeps
    }
}
