fn take_text(kept: &mut Vec<u8>) -> String {
    let is_begun = |end: &[u8]| match str::from_utf8(end) {
        Ok(_) => false,
        Err(error) => error.valid_up_to() == 0 && error.error_len().is_none(),
    };
    let start = kept.len().saturating_sub(3);
    let whole = (start..kept.len()).find(|&at| is_begun(&kept[at..])).unwrap_or(kept.len());
    let rest = kept.split_off(whole);
    let text = String::from_utf8_lossy(kept).into_owned();
    *kept = rest;
    text
}
