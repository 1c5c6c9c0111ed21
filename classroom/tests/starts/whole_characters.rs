//! 12 minutes · chapter 6 · write it yourself
//!
//! Reach: text that is shown as it comes, and no character broken, wherever the stream is cut.
//! Why: in UTF-8 a character has up to four bytes, and a piece may end in the middle of one. A program that turns each piece into
//! text shows `Zo��` for `Zoë`. Where there are messages, make text of whole ones. A terminal has none: it must show what it
//! has.
//!
//! What has come goes to the end of `kept`. The text of all whole characters in it is given at once; of them nothing is kept. The
//! first bytes of a character that may still become whole stay. Bytes that can't be text are shown as `�`, as
//! `String::from_utf8_lossy` shows them in the whole stream.

/// Takes the text that is whole out of `kept`, and leaves the beginning of a character.
fn take_text(kept: &mut Vec<u8>) -> String {
    // TODO: The last character may have come in part.
    let text = String::from_utf8_lossy(kept).into_owned();
    kept.clear();
    text
}

fn main() {
    grader::by_hand::show("take_text", || {
        let mut kept = b"Zo\xc3".to_vec();
        let first = take_text(&mut kept);
        kept.extend_from_slice(b"\xab");
        Ok::<_, String>([first, take_text(&mut kept)])
    });
}

