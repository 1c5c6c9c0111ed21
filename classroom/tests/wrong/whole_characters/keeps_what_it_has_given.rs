// told: `take_text` is wrong after the pieces

/// Takes the text that is whole out of `kept`, and leaves the beginning of a character.
fn take_text(kept: &mut Vec<u8>) -> String {
    let mut text = String::new();
    loop {
        match str::from_utf8(kept) {
            Ok(rest) => {
                text.push_str(rest);
                return text;
            }
            Err(error) => {
                let valid = kept.drain(..error.valid_up_to());
                text.push_str(&String::from_utf8_lossy(valid.as_slice()));
                drop(valid);
                // How many bytes can't be text. `None`: they are all there is, and may be the beginning of a character.
                let Some(count) = error.error_len() else { return text };
                text.push(char::REPLACEMENT_CHARACTER);
                kept.drain(..count);
            }
        }
    }
}
