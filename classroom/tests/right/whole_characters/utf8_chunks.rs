fn take_text(kept: &mut Vec<u8>) -> String {
    let mut text = String::new();
    let mut rest = Vec::new();
    for chunk in kept.utf8_chunks() {
        text.push_str(chunk.valid());
        let invalid = chunk.invalid();
        let is_last = std::ptr::eq(invalid.as_ptr_range().end, kept.as_ptr_range().end);
        let is_begun = str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
        if is_last && is_begun {
            rest = invalid.to_vec();
        } else if !invalid.is_empty() {
            text.push('\u{FFFD}');
        }
    }
    *kept = rest;
    text
}
