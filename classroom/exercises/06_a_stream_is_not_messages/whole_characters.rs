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

#[cfg(test)]
mod tests {
    use super::*;
    use grader::{Outcome, Story, call, visible};

    /// What is shown piece by piece, and what is kept after each.
    fn shown(pieces: &[&[u8]]) -> Outcome<(Vec<String>, Vec<Vec<u8>>)> {
        let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.to_vec()).collect();
        call("take_text", move || {
            let mut kept = Vec::new();
            let each = pieces.iter().map(|piece| {
                kept.extend_from_slice(piece);
                (take_text(&mut kept), kept.clone())
            });
            Ok::<_, String>(each.unzip())
        })
    }

    /// What must be shown and kept, once all of these bytes have come.
    fn right(bytes: &[u8]) -> (String, Vec<u8>) {
        let beginning = |count: usize| {
            let end = &bytes[bytes.len() - count..];
            str::from_utf8(end).is_err_and(|error| {
                error.valid_up_to() == 0 && error.error_len().is_none()
            })
        };
        let kept =
            (1..=bytes.len().min(3)).rev().find(|&count| beginning(count)).unwrap_or(0);
        let (whole, kept) = bytes.split_at(bytes.len() - kept);
        (String::from_utf8_lossy(whole).into_owned(), kept.to_vec())
    }

    /// After each piece, exactly what is whole has been shown.
    fn is_shown(pieces: &[&[u8]]) -> Outcome {
        let (texts, left) = shown(pieces)?;
        for number in 1..=pieces.len() {
            let come = pieces[..number].concat();
            let (text, kept) = (texts[..number].concat(), &left[number - 1]);
            let (right_text, right_kept) = right(&come);
            if text == right_text && *kept == right_kept {
                continue;
            }
            let pieces: Vec<String> =
                pieces[..number].iter().map(|piece| visible(piece)).collect();
            let story = format!(
                "`take_text` is wrong after the pieces `{}`",
                pieces.join("` | `")
            );
            return Err(Story::new(story).ending(format!(
                "to be shown  {right_text:?}\nshown        {text:?}\n\nto be kept   `{}`\nkept         `{}`",
                visible(&right_kept),
                visible(kept)
            )));
        }
        Ok(())
    }

    /// These bytes in one piece, in two, and byte by byte.
    fn in_pieces(bytes: &[u8]) -> Outcome {
        is_shown(&[bytes])?;
        for cut in 1..bytes.len() {
            is_shown(&[&bytes[..cut], &bytes[cut..]])?;
        }
        is_shown(&bytes.chunks(1).collect::<Vec<_>>())
    }

    #[test]
    fn letters_of_one_byte() -> Outcome {
        in_pieces(b"Michael\nTracy\n\0")
    }

    #[test]
    fn characters_of_two_to_four_bytes() -> Outcome {
        in_pieces("Zoë, 李雷 and 🦀!".as_bytes())
    }

    #[test]
    fn bytes_that_are_no_text() -> Outcome {
        in_pieces(b"a\xffb\x80\x80c")?;
        in_pieces("é\u{FFFD}é".as_bytes())
    }

    /// A character that does not go on as it began is no text, and what follows is.
    #[test]
    fn characters_that_are_broken_off() -> Outcome {
        in_pieces(b"\xe6\x9dMichael\xf0\x9f\xa6\n")?;
        in_pieces(b"\xc3\xc3\xab\xe6\xe6\x9d\x8e")
    }

    #[test]
    fn nothing_has_come() -> Outcome {
        is_shown(&[b""])?;
        is_shown(&[b"\xe6", b"", b"\x9d\x8e"])
    }
}
