//! The source of a recording's program, line by line.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;

use super::changed::{is_anchor, read_example};
use chart::html::{escape, escape_pre};

/// Lists an example, its lines numbered as in the file. The marks by which pages include its pieces are left out.
pub fn render(example: &str, root: &Path) -> Result<String> {
    let source = read_example(root, example)?;
    let mut lines = String::new();
    let mut number = 0;
    for (index, line) in source.lines().enumerate() {
        if is_anchor(line) {
            continue;
        }
        number += 1;
        // A style sheet counts the lines; after one that is left out, it has to be told.
        let told = if number == index + 1 {
            String::new()
        } else {
            number = index + 1;
            format!(" style=\"counter-set:line {number}\"")
        };
        let _ = writeln!(lines, "<i{told}>{}</i>", escape_pre(line));
    }
    Ok(format!(
        "<details class=\"listing\" id=\"listing-{0}\"><summary>{0}.rs</summary>\n\
         <pre tabindex=\"0\" role=\"region\" aria-label=\"{0}.rs\"><code class=\"language-rust\">{1}</code></pre></details>\n",
        escape(example),
        lines.trim_end_matches('\n'),
    ))
}

/// In the place of a listing that the page has already: the player copies that one.
pub fn again(example: &str) -> String {
    let example = escape(example);
    format!(
        "<details class=\"listing\" data-as=\"listing-{example}\"><summary>{example}.rs</summary>\n\
         <p><a href=\"#listing-{example}\">It is listed above.</a></p></details>\n"
    )
}
