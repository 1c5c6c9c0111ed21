// told: `take_text` is wrong after the pieces

/// Takes the text that is whole out of `kept`, and leaves the beginning of a character.
fn take_text(kept: &mut Vec<u8>) -> String {
    // TODO: The last character may have come in part.
    let text = String::from_utf8_lossy(kept).into_owned();
    kept.clear();
    text
}
