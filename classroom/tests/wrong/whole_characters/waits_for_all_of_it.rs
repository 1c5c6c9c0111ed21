// told: `take_text` is wrong after the pieces

fn take_text(kept: &mut Vec<u8>) -> String {
    match String::from_utf8(kept.clone()) {
        Ok(text) => {
            kept.clear();
            text
        }
        Err(_) => String::new(),
    }
}
