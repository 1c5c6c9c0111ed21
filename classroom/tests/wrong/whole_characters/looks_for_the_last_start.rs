// told: `take_text` is wrong after the pieces

fn take_text(kept: &mut Vec<u8>) -> String {
    let end = kept.iter().rposition(|&byte| byte >= 0xc0).unwrap_or(kept.len());
    let text = String::from_utf8_lossy(&kept[..end]).into_owned();
    kept.drain(..end);
    text
}
