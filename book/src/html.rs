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

/// Escapes a text for a `<pre>` that stands in a block of HTML on a page, where Markdown takes an empty line for the
/// block's end, and HTML drops the newline right after the tag.
pub fn escape_pre(text: &str) -> String {
    let text = escape(text).replace("\n\n", "\n&#10;");
    let text = text.replace("\n\n", "\n&#10;"); // of three newlines in a row the first pass left two
    match text.strip_prefix('\n') {
        Some(rest) => format!("&#10;{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pre_has_no_empty_line() {
        assert_eq!(escape_pre("a\n\n\n\n<b>"), "a\n&#10;\n&#10;&lt;b&gt;");
        assert_eq!(escape_pre("\na"), "&#10;a");
    }
}
