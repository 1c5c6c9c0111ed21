//! Text as it is written in HTML.

use std::borrow::Cow;

/// Escapes a text, for an element or an attribute in double quotes.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&', '"']) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    Cow::Owned(text.replace('>', "&gt;").replace('"', "&quot;"))
}

/// Escapes a text for a `<pre>` in a block of HTML on a page, where Markdown takes a blank line for the block's end: the
/// newline before such a line is written as a reference.
pub fn escape_pre(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for (index, line) in escape(text).split('\n').enumerate() {
        if index > 0 {
            html += if line.trim().is_empty() { "&#10;" } else { "\n" };
        }
        html += line;
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pre_has_no_blank_line() {
        assert_eq!(escape_pre("a\n\n  \n<b>\n"), "a&#10;&#10;  \n&lt;b&gt;&#10;");
    }
}
